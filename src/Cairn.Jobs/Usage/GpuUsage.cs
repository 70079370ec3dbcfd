using System.Globalization;

namespace Cairn.Jobs.Usage;

/// <summary>What <c>nvidia-smi</c> says of the machine's GPUs.</summary>
internal static class GpuUsage
{
    private const double BytesPerMebibyte = 1 << 20;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    private static readonly string[] Query =
    [
        "--query-gpu=index,utilization.gpu,memory.used,memory.total,power.draw,power.limit",
        "--format=csv,noheader,nounits",
    ];

    /// <summary>Adds the metrics of every GPU; none where there is no <paramref name="tool"/> or it does not answer.</summary>
    public static async Task AddAsync(string? tool, IDictionary<string, double> metrics, CancellationToken cancellation)
    {
        if (tool is null)
        {
            return;
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Limit);
        try
        {
            var result = await HostTools.RunAsync(tool, Query, HostTools.Environment, limit.Token);
            if (result.ExitCode == 0)
            {
                Parse(result.Output, metrics);
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // It hangs where a GPU is in trouble; the task goes on.
        }
    }

    /// <summary>One line a GPU. What a GPU does not tell is <c>[N/A]</c>.</summary>
    internal static void Parse(string output, IDictionary<string, double> metrics)
    {
        foreach (var line in output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (
                line.Split(',', StringSplitOptions.TrimEntries)
                    is not [var index, var utilization, var used, var total, var power, var limit]
                || !index.All(char.IsAsciiDigit)
            )
            {
                continue;
            }

            var prefix = $"{MetricNames.Prefix}gpu_{index}_";
            Add(prefix + "utilization_percentage", Number(utilization));
            Add(prefix + "memory_usage_megabytes", Number(used) * BytesPerMebibyte / MetricNames.BytesPerMegabyte);
            Add(prefix + "memory_usage_percentage", 100 * Number(used) / Number(total));
            Add(prefix + "power_usage_watts", Number(power));
            Add(prefix + "power_usage_percentage", 100 * Number(power) / Number(limit));
        }

        void Add(string name, double value)
        {
            if (double.IsFinite(value))
            {
                metrics[name] = value;
            }
        }
    }

    private static double Number(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : double.NaN;
}
