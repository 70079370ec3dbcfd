using System.Text;
using Cairn.Kernel.Errors;

namespace Cairn.Kernel.Database;

/// <summary>
/// What text may be an argument of SQL, the same for both engines: PostgreSQL stores no NUL, and neither stores half of a surrogate pair,
/// which would become another character on the way.
/// </summary>
internal static class SqlArguments
{
    /// <exception cref="StatusException">INVALID_ARGUMENT.</exception>
    public static void Require(string text)
    {
        if (text.Contains('\0', StringComparison.Ordinal))
        {
            throw StatusException.InvalidArgument("The text contains a NUL character, which cannot be stored.");
        }

        if (text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF') >= 0 && HasHalfCharacter(text))
        {
            throw StatusException.InvalidArgument(
                "The text contains half of a surrogate pair, which is no character and cannot be stored."
            );
        }
    }

    private static bool HasHalfCharacter(ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(text, out _, out var units) != System.Buffers.OperationStatus.Done)
            {
                return true;
            }

            text = text[units..];
        }

        return false;
    }
}
