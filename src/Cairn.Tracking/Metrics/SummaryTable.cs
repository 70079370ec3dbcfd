using Cairn.Kernel.Database;

namespace Cairn.Tracking.Metrics;

/// <summary>
/// Which points of a run's metrics were logged as summaries, through the run's context. They are points like any other, and MLflow shows
/// them as such; Vertex keeps summary metrics, which are the context's, and time series, which are the tensorboard's, apart.
/// </summary>
public static class SummaryTable
{
    public static MigrationSet Migrations { get; } =
        new(
            "tracking-summaries",
            [
                """
                CREATE TABLE run_summaries (
                  run BIGINT NOT NULL,
                  key BIGINT NOT NULL,
                  step BIGINT NOT NULL,
                  time BIGINT NOT NULL,
                  nan BIGINT NOT NULL,
                  value DOUBLE PRECISION NOT NULL,
                  PRIMARY KEY (run, key, step, time)
                )
                """,
            ]
        );

    public static void Add(ISqlSession session, long run, LoggedPoint logged) =>
        session.Execute(
            "INSERT INTO run_summaries (run, key, step, time, nan, value) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (run, key, step, time) DO UPDATE SET nan = excluded.nan, value = excluded.value",
            run,
            logged.Key,
            logged.Point.Step,
            logged.Point.Time,
            double.IsNaN(logged.Point.Value) ? 1L : 0L,
            double.IsNaN(logged.Point.Value) ? 0 : logged.Point.Value
        );

    /// <summary>The summary points of a run by metric, in the order of their times.</summary>
    public static ILookup<long, MetricPoint> Of(ISqlSession session, long run) =>
        session
            .Query(
                "SELECT key, step, time, nan, value FROM run_summaries WHERE run = $1 ORDER BY key, time, step",
                static row =>
                    (
                        Key: row.GetInt64(0),
                        Point: new MetricPoint(row.GetInt64(1), row.GetInt64(2), row.GetInt64(3) != 0 ? double.NaN : row.GetDouble(4))
                    ),
                run
            )
            .ToLookup(static row => row.Key, static row => row.Point);

    public static void DeleteRun(ISqlSession session, long run) => session.Execute("DELETE FROM run_summaries WHERE run = $1", run);
}
