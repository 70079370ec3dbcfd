using System.Data.Common;
using Cairn.Kernel.Database;

namespace Cairn.Tensorboards.Points;

/// <summary>The SQL of <c>tensorboard_points</c>.</summary>
internal static class PointTable
{
    private const string Columns = "step, wall, form, version, size, value";

    /// <summary>Writes a point in place of the one that the step had.</summary>
    public static void Put(ISqlSession session, long run, long series, PointRow point) =>
        session.Execute(
            $"""
            INSERT INTO tensorboard_points (run, series, {Columns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
            ON CONFLICT (run, series, step) DO UPDATE SET wall = excluded.wall, form = excluded.form, version = excluded.version, size = excluded.size, value = excluded.value
            """,
            run,
            series,
            point.Step,
            point.Wall,
            (int)point.Form,
            point.Version,
            point.Size,
            point.Value
        );

    /// <summary>Steps and times alone, in order: what a reader chooses from.</summary>
    public static List<(long Step, long Wall)> Steps(ISqlSession session, long run, long series) =>
        session.Query(
            "SELECT step, wall FROM tensorboard_points WHERE run = $1 AND series = $2 ORDER BY step",
            static row => (row.GetInt64(0), row.GetInt64(1)),
            run,
            series
        );

    /// <summary>Points from a step on, in order.</summary>
    public static List<PointRow> From(ISqlSession session, long run, long series, long step, int limit) =>
        session.Query(
            $"SELECT {Columns} FROM tensorboard_points WHERE run = $1 AND series = $2 AND step >= $3 ORDER BY step LIMIT $4",
            Map,
            run,
            series,
            step,
            limit
        );

    public static PointRow? Find(ISqlSession session, long run, long series, long step) =>
        session.QueryFirst(
            $"SELECT {Columns} FROM tensorboard_points WHERE run = $1 AND series = $2 AND step = $3",
            Map,
            run,
            series,
            step
        );

    /// <summary>The blobs of a series' sequences.</summary>
    public static List<PointRow> WithBlobs(ISqlSession session, long run, long series) =>
        session.Query(
            $"SELECT {Columns} FROM tensorboard_points WHERE run = $1 AND series = $2 AND form <> 1 ORDER BY step",
            Map,
            run,
            series
        );

    /// <summary>The bytes of a run's tensors and blobs.</summary>
    public static long Size(ISqlSession session, long run) =>
        session.QueryFirst(
            "SELECT CAST(COALESCE(SUM(size), 0) AS BIGINT) FROM tensorboard_points WHERE run = $1",
            static row => row.GetInt64(0),
            run
        );

    private static PointRow Map(DbDataReader row) =>
        new(row.GetInt64(0), row.GetInt64(1), (PointForm)row.GetInt32(2), row.GetInt32(3), row.GetInt64(4), row.GetFieldValue<byte[]>(5));
}
