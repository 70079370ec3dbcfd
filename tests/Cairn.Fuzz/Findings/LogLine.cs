using System.Text.RegularExpressions;

namespace Cairn.Fuzz.Findings;

/// <summary>A line of the server's log that tells of an error.</summary>
internal static partial class LogLine
{
    /// <summary>What makes it the same as another: who logged it, the exception's type, and where in our code it came about.</summary>
    public static string Key(string line)
    {
        var category = Category().Match(line).Groups[1].Value;
        var type = Exception().Match(line).Groups[1].Value;
        var frame = Frame().Match(line).Groups[1].Value;
        return $"{category} {type} {frame}";
    }

    [GeneratedRegex(@"(?:fail|crit): ([\w.]+)")]
    private static partial Regex Category();

    [GeneratedRegex(@"([\w.]+Exception)\b")]
    private static partial Regex Exception();

    [GeneratedRegex(@" at (Cairn\.[\w.<>`+|]+)")]
    private static partial Regex Frame();
}
