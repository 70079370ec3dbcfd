using System.Data.Common;
using Cairn.Kernel.Blobs;
using Cairn.Kernel.Database;

namespace Cairn.Tracking.Metrics.Cold;

/// <summary>The rows that make parts of column files a run's points. A file without rows is garbage.</summary>
internal sealed class SegmentTable : IBlobOwner
{
    private const string Columns = "id, run, level, blob, start, length, directory";

    public static IReadOnlyList<MetricSegment> OfRun(ISqlSession session, long run) =>
        session.Query($"SELECT {Columns} FROM metric_segments WHERE run = $1 ORDER BY id", Read, run);

    public static IReadOnlyList<MetricSegment> OfLevel(ISqlSession session, long run, long level, int limit) =>
        session.Query($"SELECT {Columns} FROM metric_segments WHERE run = $1 AND level = $2 ORDER BY id LIMIT $3", Read, run, level, limit);

    public static void Insert(ISqlSession session, MetricSegment segment) =>
        session.Execute(
            "INSERT INTO metric_segments (run, level, blob, start, length, directory) VALUES ($1, $2, $3, $4, $5, $6)",
            segment.Run,
            segment.Level,
            segment.Blob,
            segment.Start,
            segment.Length,
            segment.Directory
        );

    /// <summary>Whether the row was there.</summary>
    public static bool Delete(ISqlSession session, long id) => session.Execute("DELETE FROM metric_segments WHERE id = $1", id) > 0;

    public bool Refers(ISqlSession session, string blob) =>
        session.QueryFirst("SELECT 1 FROM metric_segments WHERE blob = $1 LIMIT 1", static row => true, blob);

    private static MetricSegment Read(DbDataReader row) =>
        new(row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetString(3), row.GetInt64(4), row.GetInt64(5), row.GetInt64(6));
}
