using System.Globalization;

namespace Cairn.Cli.Shell;

/// <summary>How long something is to last: <c>90d</c>, <c>12h</c>, <c>30m</c>, <c>45s</c>.</summary>
internal static class Lifetime
{
    public static TimeSpan Parse(string flag, string text)
    {
        var unit = text.Length == 0 ? '?' : text[^1];
        var seconds = unit switch { 's' => 1.0, 'm' => 60, 'h' => 3600, 'd' => 86400, _ => 0 };
        return seconds > 0 && double.TryParse(text[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number > 0 && number * seconds < 1e9
            ? TimeSpan.FromSeconds(number * seconds)
            : throw CliException.Usage($"{flag} is '{text}'; it must be a number with a unit, such as 90d, 12h or 30m.");
    }
}
