using Cairn.Kernel.Database;
using Cairn.Tensorboards.Points;
using Cairn.Tracking.Metrics;
using Cairn.Tracking.Runs;
using ValueType = Google.Cloud.AIPlatform.V1.TensorboardTimeSeries.Types.ValueType;

namespace Cairn.Metadata.Mirror;

/// <summary>
/// The metrics that a run's context shows: of a tensorboard's time series the latest value that was logged as a summary, and nothing where
/// none was; of every other metric its latest value, whoever logged it.
/// </summary>
internal static class SummaryMetrics
{
    public static List<LatestMetric> Of(ISqlSession session, Run run, IReadOnlyList<LatestMetric> metrics)
    {
        if (metrics.Count == 0)
        {
            return [];
        }

        var series = Series(session, run);
        if (series.Count == 0)
        {
            return [.. metrics];
        }

        var summaries = SummaryTable.Of(session, run.Id);
        return
        [
            .. metrics
                .Where(metric => summaries.Contains(metric.Key) || !series.Contains(metric.Key))
                .Select(metric => series.Contains(metric.Key) ? metric with { Point = summaries[metric.Key].Last() } : metric),
        ];
    }

    /// <summary>The metrics of a run that were made as time series of its tensorboard.</summary>
    public static HashSet<long> Series(ISqlSession session, Run run) =>
        SeriesTable
            .OfRun(session, run.Id)
            .Where(static row => row.ValueType == ValueType.Scalar)
            .Select(static row => row.Series)
            .ToHashSet();
}
