using Cairn.Kernel.Blobs;
using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Tracking.Metrics.Cold;
using Cairn.Tracking.Runs;

namespace Cairn.Tracking.Metrics;

/// <summary>
/// The histories of metrics, in the order of step, time and value, each point once however often it was logged and wherever it is kept: in
/// blocks, or in column files.
/// </summary>
public sealed class MetricReader(IDatabase database, IBlobStore blobs)
{
    /// <summary>How often a read begins anew because files were merged under it.</summary>
    private const int Attempts = 5;

    private readonly SegmentReader _cold = new(blobs);

    /// <summary>All points of one metric.</summary>
    public async Task<IReadOnlyList<MetricPoint>> HistoryAsync(Run run, long key, CancellationToken cancellation = default) =>
        (await HistoriesAsync(run, [key], cancellation)).GetValueOrDefault(key) ?? [];

    /// <summary>
    /// All points of several metrics of a run, read in one pass; a metric without points is absent. Null asks for every metric.
    /// </summary>
    public async Task<IReadOnlyDictionary<long, IReadOnlyList<MetricPoint>>> HistoriesAsync(
        Run run,
        IReadOnlyCollection<long>? keys,
        CancellationToken cancellation = default
    )
    {
        var wanted = keys?.ToHashSet();
        for (var attempt = 1; ; attempt++)
        {
            // One snapshot says what is in blocks and what is in files; files never change.
            var (histories, segments) = await database.ReadAsync(
                session => (Recent(session, run.Id, wanted), SegmentTable.OfRun(session, run.Id)),
                cancellation
            );
            try
            {
                foreach (var segment in segments)
                {
                    await _cold.ReadAsync(segment, wanted, histories, cancellation);
                }

                return histories.ToDictionary(
                    static entry => entry.Key,
                    static IReadOnlyList<MetricPoint> (entry) => PointOrder.Once(entry.Value)
                );
            }
            catch (StatusException error) when (error.Code == Google.Rpc.Code.NotFound && attempt < Attempts)
            {
                // The file was merged with others after the snapshot: a new one knows where its points are now.
            }
        }
    }

    /// <summary>
    /// The points that are in blocks, as they were logged, within the caller's transaction: all of them until an hour after the run ended,
    /// and of a longer history at least those of the last <see cref="MetricCompactor.KeptBlocks"/> calls.
    /// </summary>
    public static Dictionary<long, List<MetricPoint>> Recent(ISqlSession session, long run, IReadOnlySet<long>? wanted)
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
            run
        );
        return histories;
    }
}
