using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Cairn.Cli.Commands.Tune;

/// <summary>
/// The metric that a command reports: in the file that hypertune writes (a JSON object a line, whose path is in
/// <c>CLOUD_ML_HP_METRIC_FILE</c>), else in its output, as
/// <c>name=0.93</c>, <c>name: 0.93</c>, or a JSON object with the name. The last one counts.
/// </summary>
internal static class ReportedMetrics
{
    public static double? Find(string metric, string file, IEnumerable<string> output)
    {
        double? found = null;
        foreach (var line in File.Exists(file) ? File.ReadLines(file) : output)
        {
            found = InJson(metric, line) ?? InText(metric, line) ?? found;
        }

        return found;
    }

    /// <summary>The same while the command writes; null also where its file cannot be read just now.</summary>
    public static double? Latest(string metric, string file, IEnumerable<string> output)
    {
        try
        {
            return Find(metric, file, output);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static double? InJson(string metric, string line)
    {
        var start = line.IndexOf('{', StringComparison.Ordinal);
        if (start < 0)
        {
            return null;
        }

        try
        {
            using var json = JsonDocument.Parse(line.AsMemory(start));
            return !json.RootElement.TryGetProperty(metric, out var value) ? null
                : value.ValueKind == JsonValueKind.Number ? value.GetDouble()
                : value.ValueKind == JsonValueKind.String ? Number(value.GetString()!)
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static double? InText(string metric, string line)
    {
        var match = Regex.Match(
            line,
            $@"(?<![\w.-]){Regex.Escape(metric)}\s*[=:]\s*([-+]?[0-9.]+(?:[eE][-+]?[0-9]+)?|[-+]?inf|nan)",
            RegexOptions.IgnoreCase,
            TimeSpan.FromSeconds(1)
        );
        return match.Success ? Number(match.Groups[1].Value) : null;
    }

    private static double? Number(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;
}
