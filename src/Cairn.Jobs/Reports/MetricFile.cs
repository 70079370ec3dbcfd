using System.Globalization;
using System.Text;
using System.Text.Json;
using Cairn.Jobs.Usage;

namespace Cairn.Jobs.Reports;

/// <summary>
/// The file that cloudml-hypertune writes: one JSON object a line, <c>{"timestamp": 1.7e9, "trial": "3", "accuracy": "0.93", "global_step":
/// "10", "checkpoint_path": ""}</c>. The library writes it anew with each report, and keeps the last hundred.
/// </summary>
internal static class MetricFile
{
    /// <summary>Of a longer file its end counts.</summary>
    private const int MaxRead = 1 << 20;
    private const int MaxLine = 4_096;
    private const int MaxMetrics = 100;
    private const int MaxName = 250;

    /// <summary>
    /// The whole lines of the file, and with <paramref name="ended"/> a last one without its end. None where there is no such file: it is
    /// the task's, so a link or a pipe is not followed.
    /// </summary>
    public static List<string> Lines(string path, bool ended)
    {
        using var file = UntrustedFolder.OpenFile(path);
        if (file is null)
        {
            return [];
        }

        var cut = file.Length > MaxRead;
        file.Position = cut ? file.Length - MaxRead : 0;
        var bytes = new byte[MaxRead];
        var text = Encoding.UTF8.GetString(bytes.AsSpan(0, file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)));
        var lines = text.Split('\n').ToList();
        if (!ended)
        {
            lines.RemoveAt(lines.Count - 1);
        }

        if (cut && lines.Count > 0)
        {
            lines.RemoveAt(0);
        }

        lines.RemoveAll(static line => line.Length is 0 or > MaxLine);
        return lines;
    }

    /// <summary>What a line reports; null for one that reports nothing.</summary>
    /// <param name="line">The line.</param>
    /// <param name="now">Microseconds since 1970, for a line that does not tell its time.</param>
    public static UsageSample? Parse(string line, long now)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            if (json.RootElement.ValueKind != JsonValueKind.Object)
            {
                return null;
            }

            var (time, step) = (now, 0L);
            var metrics = new Dictionary<string, double>();
            foreach (var field in json.RootElement.EnumerateObject())
            {
                switch (field.Name)
                {
                    case "timestamp":
                        time = Number(field.Value) is > 0 and < 1e11 and var seconds ? (long)(seconds * 1e6) : now;
                        break;
                    case "global_step":
                        step = Number(field.Value) is >= 0 and < 1e15 and var steps ? (long)steps : 0;
                        break;
                    case "trial" or "checkpoint_path":
                        break;
                    default:
                        if (Number(field.Value) is { } value && field.Name.Length is > 0 and <= MaxName && metrics.Count < MaxMetrics)
                        {
                            metrics[field.Name] = value;
                        }

                        break;
                }
            }

            return metrics.Count == 0 ? null : new UsageSample(step, time, metrics);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static double? Number(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Number => value.GetDouble(),
            JsonValueKind.String => Number(value.GetString()!),
            _ => null,
        };

    /// <summary>Python writes <c>inf</c> and <c>nan</c>.</summary>
    private static double? Number(string text) =>
        text.Trim().ToLowerInvariant() switch
        {
            "inf" or "+inf" or "infinity" => double.PositiveInfinity,
            "-inf" or "-infinity" => double.NegativeInfinity,
            var rest => double.TryParse(rest, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null,
        };
}
