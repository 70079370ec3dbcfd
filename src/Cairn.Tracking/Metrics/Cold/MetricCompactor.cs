using Cairn.Kernel.Blobs;
using Cairn.Kernel.Database;

namespace Cairn.Tracking.Metrics.Cold;

/// <summary>
/// Moves points from blocks to column files: of runs that ended a while ago, and the older ones of runs that have logged many blocks. The
/// file is made durable first; then one transaction makes a row for it and deletes the blocks that it replaces, and does neither where
/// another server was faster. Whatever moment the server dies at, a point is in a block or in a file, and a file that has no row is
/// garbage. Points are a set, so the order and the level of files mean nothing.
/// </summary>
public sealed class MetricCompactor(IDatabase database, IBlobStore blobs, MetricFold fold, TimeProvider time)
{
    /// <summary>Blocks of a run that ended below which they stay: a row for a file costs as much as a few blocks.</summary>
    public const int EndedBlocks = 32;

    /// <summary>Blocks of any run from which on the older ones are moved.</summary>
    public const int LiveBlocks = 1_024;

    /// <summary>
    /// The newest blocks of a run that goes on, which stay: a transaction that asks what was logged lately reads blocks alone.
    /// </summary>
    public const int KeptBlocks = 512;

    /// <summary>How long a run has rested before all of its blocks are moved.</summary>
    public static readonly TimeSpan Rest = TimeSpan.FromHours(1);

    /// <summary>Blocks that one transaction deletes: bounds how long writers wait for it, and the memory of the move.</summary>
    private const int BlocksAtOnce = 4_096;

    /// <summary>Runs that share a file: each of them may be small.</summary>
    private const int RunsAtOnce = 64;

    /// <summary>Files of one level that become one of the next: a point is rewritten once a level, and a run has few files.</summary>
    private const int MergeWidth = 8;

    /// <summary>Files of this level have millions of blocks' points and are not merged any more.</summary>
    private const int TopLevel = 4;

    /// <summary>
    /// Runs with enough blocks, which the index <c>metric_logs_hot</c> has alone (so that the number of blocks is a part of the text, and
    /// the join begins with them), and whose status is one of the ends: finished, failed, killed.
    /// </summary>
    private static readonly string Candidates = $"""
        SELECT l.run, l.cold, l.folded, (CASE WHEN r.status >= 3 AND r.updated <= $3 THEN 0 ELSE 1 END) FROM metric_logs l CROSS JOIN runs r
        WHERE l.run > $1 AND l.folded - l.cold >= {EndedBlocks} AND r.id = l.run AND (l.folded - l.cold >= $2 OR (r.status >= 3 AND r.updated <= $3))
        ORDER BY l.run LIMIT $4
        """;

    private readonly SegmentReader _reader = new(blobs);

    /// <summary>Runs that got a file since merges were looked for; null at first, when any run may have files to merge.</summary>
    private HashSet<long>? _changed;

    /// <summary>One pass over all runs; returns how many moves and merges were made.</summary>
    public async Task<int> CompactAsync(CancellationToken cancellation = default)
    {
        // Only what is in the table of latest values may leave the blocks from which that table is made.
        await fold.FoldAsync(cancellation);
        var done = 0;
        long after = 0;
        var rested = (time.GetUtcNow() - Rest).ToUnixTimeMilliseconds();
        while (await database.ReadAsync(session => Next(session, after, rested), cancellation) is { Count: > 0 } batch)
        {
            done += await MoveAsync(batch, cancellation);
            // A run that has more than was taken comes again.
            after = batch[^1].Run - (batch[^1].More ? 1 : 0);
        }

        foreach (var run in _changed ?? await database.ReadAsync(Mergeable, cancellation))
        {
            while (
                await database.ReadAsync(session => NextMerge(session, run), cancellation) is { Count: MergeWidth } parts
                && await MergeAsync(parts, cancellation)
            )
            {
                done++;
            }
        }

        _changed = [];
        return done;
    }

    private static List<Taken> Next(ISqlSession session, long after, long rested)
    {
        var batch = new List<Taken>();
        var left = BlocksAtOnce;
        var candidates = session.Query(
            Candidates,
            static row => (Run: row.GetInt64(0), Cold: row.GetInt64(1), UpTo: row.GetInt64(2) - (row.GetInt64(3) != 0 ? KeptBlocks : 0)),
            after,
            LiveBlocks,
            rested,
            RunsAtOnce
        );
        foreach (var (run, cold, last) in candidates)
        {
            var upTo = cold;
            var points = new Dictionary<long, List<MetricPoint>>();
            var count = session
                .Query(
                    "SELECT seq, body FROM metric_blocks WHERE run = $1 AND seq > $2 AND seq <= $3 ORDER BY seq LIMIT $4",
                    row =>
                    {
                        upTo = row.GetInt64(0);
                        foreach (var (key, point) in MetricBlock.Read(row.GetFieldValue<byte[]>(1)))
                        {
                            if (!points.TryGetValue(key, out var series))
                            {
                                points[key] = series = [];
                            }

                            series.Add(point);
                        }

                        return 0;
                    },
                    run,
                    cold,
                    last,
                    left
                )
                .Count;
            left -= count;
            batch.Add(new Taken(run, cold, left > 0 ? last : upTo, points, left == 0 && upTo < last));
            if (left == 0)
            {
                break;
            }
        }

        return batch;
    }

    /// <summary>The runs with enough files of a level to merge: looks at every file, which is done once.</summary>
    private static HashSet<long> Mergeable(ISqlSession session) =>
        [
            .. session.Query(
                "SELECT run FROM metric_segments WHERE level < $1 GROUP BY run, level HAVING COUNT(*) >= $2",
                static row => row.GetInt64(0),
                TopLevel,
                MergeWidth
            ),
        ];

    private static IReadOnlyList<MetricSegment> NextMerge(ISqlSession session, long run) =>
        session.QueryFirst(
            "SELECT level FROM metric_segments WHERE run = $1 AND level < $2 GROUP BY level HAVING COUNT(*) >= $3 ORDER BY level LIMIT 1",
            static row => (long?)row.GetInt64(0),
            run,
            TopLevel,
            MergeWidth
        )
            is { } level
            ? SegmentTable.OfLevel(session, run, level, MergeWidth)
            : [];

    private async Task<int> MoveAsync(List<Taken> batch, CancellationToken cancellation)
    {
        var file = await blobs.CreateAsync(cancellation);
        await using (file)
        {
            var segments = new List<MetricSegment>();
            foreach (var taken in batch)
            {
                var writer = new SegmentWriter(file);
                foreach (var (key, points) in taken.Points.OrderBy(static entry => entry.Key))
                {
                    await writer.AddAsync(key, PointOrder.Once(points), cancellation);
                }

                segments.Add(await writer.EndAsync(taken.Run, 0, cancellation));
            }

            await file.CommitAsync(cancellation);
            var moved = 0;
            foreach (var (taken, segment) in batch.Zip(segments))
            {
                if (await database.WriteAsync(session => Publish(session, taken, segment), cancellation))
                {
                    moved++;
                    _changed?.Add(taken.Run);
                }
            }

            if (moved == 0)
            {
                await blobs.DeleteAsync(file.Id, cancellation);
            }

            return moved;
        }
    }

    private static bool Publish(ISqlSession session, Taken taken, MetricSegment segment)
    {
        if (session.Execute("UPDATE metric_logs SET cold = $3 WHERE run = $1 AND cold = $2", taken.Run, taken.Cold, taken.UpTo) == 0)
        {
            // Removed in the meantime, or moved by another server.
            return false;
        }

        session.Execute("DELETE FROM metric_blocks WHERE run = $1 AND seq > $2 AND seq <= $3", taken.Run, taken.Cold, taken.UpTo);
        if (taken.Points.Count > 0)
        {
            SegmentTable.Insert(session, segment);
        }

        return true;
    }

    private async Task<bool> MergeAsync(IReadOnlyList<MetricSegment> parts, CancellationToken cancellation)
    {
        var file = await blobs.CreateAsync(cancellation);
        await using (file)
        {
            var merged = await WriteMergedAsync(file, parts, cancellation);
            await file.CommitAsync(cancellation);
            var replaced = await database.WriteAsync(session => Replace(session, parts, merged), cancellation);
            var owner = new SegmentTable();
            foreach (var blob in replaced ? parts.Select(static part => part.Blob).Distinct() : [file.Id])
            {
                if (!await database.ReadAsync(session => owner.Refers(session, blob), cancellation))
                {
                    await blobs.DeleteAsync(blob, cancellation);
                }
            }

            return replaced;
        }
    }

    private async Task<MetricSegment> WriteMergedAsync(IBlobWriter file, IReadOnlyList<MetricSegment> parts, CancellationToken cancellation)
    {
        var chunks = new List<(MetricSegment Part, ChunkEntry Entry)>();
        foreach (var part in parts)
        {
            chunks.AddRange((await _reader.DirectoryAsync(part, cancellation)).Select(entry => (part, entry)));
        }

        var writer = new SegmentWriter(file);
        foreach (var metric in chunks.GroupBy(static chunk => chunk.Entry.Key).OrderBy(static metric => metric.Key))
        {
            var points = new List<MetricPoint>();
            foreach (var (part, entry) in metric)
            {
                await _reader.ReadAsync(part, entry, points, cancellation);
            }

            await writer.AddAsync(metric.Key, PointOrder.Once(points), cancellation);
        }

        return await writer.EndAsync(parts[0].Run, parts[0].Level + 1, cancellation);
    }

    private static bool Replace(ISqlSession session, IReadOnlyList<MetricSegment> parts, MetricSegment merged)
    {
        var present = SegmentTable.OfRun(session, merged.Run);
        if (!parts.All(part => present.Contains(part)))
        {
            return false;
        }

        foreach (var part in parts)
        {
            SegmentTable.Delete(session, part.Id);
        }

        SegmentTable.Insert(session, merged);
        return true;
    }

    /// <summary>Blocks of a run that are to move.</summary>
    /// <param name="Run">The run.</param>
    /// <param name="Cold">The number of the last block that moved before.</param>
    /// <param name="UpTo">The number of the last block that moves now.</param>
    /// <param name="Points">Their points by metric.</param>
    /// <param name="More">Whether the run has more blocks to move.</param>
    private sealed record Taken(long Run, long Cold, long UpTo, Dictionary<long, List<MetricPoint>> Points, bool More);
}
