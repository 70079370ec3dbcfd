using System.Globalization;

namespace Cairn.Cli.Shell;

/// <summary>How long something is to last: <c>90d</c>, <c>12h</c>, <c>30m</c>, <c>45s</c>.</summary>
internal static class Lifetime
{
    /// <param name="flag">What gave it.</param>
    /// <param name="text">The number and its unit.</param>
    /// <param name="least">The least number; more than 0 where null.</param>
    public static TimeSpan Parse(string flag, string text, double? least = null)
    {
        var unit = text.Length == 0 ? '?' : text[^1];
        var seconds = unit switch
        {
            's' => 1.0,
            'm' => 60,
            'h' => 3600,
            'd' => 86400,
            _ => 0,
        };
        return
            seconds > 0
            && double.TryParse(text[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            && (least is { } minimum ? number >= minimum : number > 0)
            && number * seconds < 1e9
            ? TimeSpan.FromSeconds(number * seconds)
            : throw CliException.Usage($"{flag} is '{text}'; it must be a number with a unit, such as 90d, 12h or 30m.");
    }
}
