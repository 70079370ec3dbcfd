using Cairn.Kernel.Errors;

namespace Cairn.Kernel.Database;

/// <summary>What an argument of SQL may be, on every engine alike.</summary>
internal static class SqlArgument
{
    /// <summary>
    /// PostgreSQL keeps no NUL in a text and SQLite would, so that a store could not move from one to the other: neither does.
    /// </summary>
    /// <exception cref="StatusException">INVALID_ARGUMENT for a text with U+0000.</exception>
    public static string Check(string text) => text.Contains('\0', StringComparison.Ordinal)
        ? throw StatusException.InvalidArgument("The text contains a NUL character (U+0000), which cannot be stored or searched for.")
        : text;
}
