using System.Globalization;

namespace Cairn.Kernel.Database;

/// <summary>Lists of arguments in SQL.</summary>
public static class SqlLists
{
    /// <summary>The most values that are put into one statement.</summary>
    public const int MaxItems = 500;

    /// <summary><c>$1, $2, …</c>, counting from <paramref name="first"/>; no value at all is a list that nothing is in.</summary>
    public static string Placeholders(int count, int first = 1) =>
        count == 0
            ? "NULL"
            : string.Join(", ", Enumerable.Range(first, count).Select(static i => "$" + i.ToString(CultureInfo.InvariantCulture)));
}
