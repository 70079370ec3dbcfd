using Cairn.Kernel.Database;
using Cairn.Tracking.Runs;

namespace Cairn.Tracking.Metrics;

/// <summary>The histories of metrics, in the order of step, time and value, each point once however often it was logged.</summary>
public sealed class MetricReader(IDatabase database)
{
    /// <summary>All points of one metric.</summary>
    public async Task<IReadOnlyList<MetricPoint>> HistoryAsync(Run run, long key, CancellationToken cancellation = default) =>
        (await HistoriesAsync(run, [key], cancellation).ConfigureAwait(false)).GetValueOrDefault(key) ?? [];

    /// <summary>All points of several metrics of a run, read in one pass; a metric without points is absent. Null asks for every metric.</summary>
    public Task<IReadOnlyDictionary<long, IReadOnlyList<MetricPoint>>> HistoriesAsync(Run run, IReadOnlyCollection<long>? keys, CancellationToken cancellation = default)
    {
        var wanted = keys?.ToHashSet();
        return database.ReadAsync(session => Histories(session, run.Id, wanted), cancellation);
    }

    /// <summary>The same within the caller's transaction.</summary>
    public static IReadOnlyDictionary<long, IReadOnlyList<MetricPoint>> Histories(ISqlSession session, long run, IReadOnlySet<long>? wanted)
    {
        var histories = new Dictionary<long, List<MetricPoint>>();
        session.Query(
            "SELECT body FROM metric_blocks WHERE run = $1 ORDER BY seq",
            row =>
            {
                foreach (var (key, point) in MetricBlock.Read(row.GetFieldValue<byte[]>(0)))
                {
                    if (wanted is null || wanted.Contains(key))
                    {
                        if (!histories.TryGetValue(key, out var points))
                        {
                            histories[key] = points = [];
                        }

                        points.Add(point);
                    }
                }

                return 0;
            },
            run);
        return histories.ToDictionary(static entry => entry.Key, static entry => Once(entry.Value));
    }

    private static IReadOnlyList<MetricPoint> Once(List<MetricPoint> points)
    {
        var ordered = true;
        for (var i = 1; ordered && i < points.Count; i++)
        {
            ordered = points[i].Follows(points[i - 1]);
        }

        if (ordered)
        {
            return points;
        }

        points.Sort();
        var kept = 1;
        for (var i = 1; i < points.Count; i++)
        {
            if (points[i].CompareTo(points[kept - 1]) != 0)
            {
                points[kept++] = points[i];
            }
        }

        points.RemoveRange(kept, points.Count - kept);
        return points;
    }
}
