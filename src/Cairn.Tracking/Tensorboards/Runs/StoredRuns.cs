using System.Data.Common;
using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Store;
using Cairn.Kernel.Time;

namespace Cairn.Tracking.Tensorboards.Runs;

/// <summary>Experiments, runs and metrics in tables of this room. A point's value is kept as its bits, so that what is no number is kept as well.</summary>
internal sealed class StoredRuns(IDatabase database, IIdSource ids, TimeProvider time) : ITrackedRuns
{
    private const string Experiment = "SELECT id, project, location, slug, name, tensorboard, created, updated FROM board_experiments";
    private const string Run = "SELECT id, uuid, experiment, slug, name, created, updated FROM board_runs";
    private const int BytesPerPoint = 24;

    public TrackedExperiment? FindExperiment(ISqlSession session, string project, string location, string slug) =>
        session.QueryFirst($"{Experiment} WHERE project = $1 AND location = $2 AND slug = $3", MapExperiment, project, location, slug);

    public List<TrackedExperiment> Experiments(ISqlSession session, string project, string location) =>
        session.Query($"{Experiment} WHERE project = $1 AND location = $2 ORDER BY id", MapExperiment, project, location);

    public TrackedExperiment CreateExperiment(ISqlSession session, string project, string location, string slug, string name, string? tensorboard)
    {
        if (FindExperiment(session, project, location, slug) is not null)
        {
            throw StatusException.AlreadyExists($"The experiment '{slug}' already exists.");
        }

        var now = Now();
        session.Execute(
            "INSERT INTO board_experiments (project, location, slug, name, tensorboard, created, updated) VALUES ($1, $2, $3, $4, $5, $6, $7)",
            project,
            location,
            slug,
            name,
            tensorboard,
            now,
            now);
        return FindExperiment(session, project, location, slug)!;
    }

    public void RenameExperiment(ISqlSession session, TrackedExperiment experiment, string name) =>
        session.Execute("UPDATE board_experiments SET name = $2, updated = $3 WHERE id = $1", experiment.Id, name, Now());

    public void MoveExperiment(ISqlSession session, TrackedExperiment experiment, string? tensorboard) =>
        session.Execute("UPDATE board_experiments SET tensorboard = $2, updated = $3 WHERE id = $1", experiment.Id, tensorboard, Now());

    public void DeleteExperiment(ISqlSession session, TrackedExperiment experiment)
    {
        foreach (var run in Runs(session, experiment, long.MinValue, int.MaxValue))
        {
            DeleteRun(session, run);
        }

        session.Execute("DELETE FROM board_experiments WHERE id = $1", experiment.Id);
    }

    public TrackedRun? FindRun(ISqlSession session, TrackedExperiment experiment, string slug) =>
        session.QueryFirst($"{Run} WHERE experiment = $1 AND slug = $2", MapRun, experiment.Id, slug);

    public List<TrackedRun> Runs(ISqlSession session, TrackedExperiment experiment, long after, int limit) =>
        session.Query($"{Run} WHERE experiment = $1 AND id > $2 ORDER BY id LIMIT $3", MapRun, experiment.Id, after, limit);

    public long CountRuns(ISqlSession session, TrackedExperiment experiment) =>
        session.QueryFirst("SELECT COUNT(*) FROM board_runs WHERE experiment = $1", static row => row.GetInt64(0), experiment.Id);

    public TrackedRun CreateRun(ISqlSession session, TrackedExperiment experiment, string slug, string name)
    {
        if (FindRun(session, experiment, slug) is not null)
        {
            throw StatusException.AlreadyExists($"The run '{slug}' of the experiment '{experiment.Slug}' already exists.");
        }

        var now = Now();
        session.Execute("INSERT INTO board_runs (uuid, experiment, slug, name, created, updated) VALUES ($1, $2, $3, $4, $5, $6)", ids.NextHex(), experiment.Id, slug, name, now, now);
        return FindRun(session, experiment, slug)!;
    }

    public void RenameRun(ISqlSession session, TrackedRun run, string name) =>
        session.Execute("UPDATE board_runs SET name = $2, updated = $3 WHERE id = $1", run.Id, name, Now());

    public void DeleteRun(ISqlSession session, TrackedRun run)
    {
        session.Execute("DELETE FROM board_metrics WHERE run = $1", run.Id);
        session.Execute("DELETE FROM board_params WHERE run = $1", run.Id);
        session.Execute("DELETE FROM board_runs WHERE id = $1", run.Id);
    }

    public void SetParams(ISqlSession session, TrackedRun run, IReadOnlyList<(string Key, string Value, bool IsNumber)> parameters)
    {
        foreach (var (key, value, isNumber) in parameters)
        {
            session.Execute(
                "INSERT INTO board_params (run, name, value, number) VALUES ($1, $2, $3, $4) ON CONFLICT (run, name) DO UPDATE SET value = excluded.value, number = excluded.number",
                run.Id,
                key,
                value,
                isNumber ? 1 : 0);
        }
    }

    public long MetricBytes(ISqlSession session, TrackedRun run) =>
        BytesPerPoint * session.QueryFirst("SELECT COUNT(*) FROM board_metrics WHERE run = $1", static row => row.GetInt64(0), run.Id);

    public long Intern(ISqlSession session, string key)
    {
        session.Execute("INSERT INTO board_keys (name) VALUES ($1) ON CONFLICT (name) DO NOTHING", key);
        return session.QueryFirst("SELECT id FROM board_keys WHERE name = $1", static row => row.GetInt64(0), key);
    }

    public string? KeyName(ISqlSession session, long key) => session.QueryFirst("SELECT name FROM board_keys WHERE id = $1", static row => row.GetString(0), key);

    public Task LogAsync(TrackedRun run, IReadOnlyList<(long Key, string Name, MetricPoint Point)> points, CancellationToken cancellation) => database.WriteAsync(
        session =>
        {
            foreach (var (key, _, point) in points)
            {
                session.Execute(
                    "INSERT INTO board_metrics (run, series, step, time, bits) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (run, series, step, time, bits) DO NOTHING",
                    run.Id,
                    key,
                    point.Step,
                    point.Time,
                    BitConverter.DoubleToInt64Bits(point.Value));
            }

            return true;
        },
        cancellation);

    public Task<IReadOnlyList<MetricSeries>> SeriesAsync(TrackedRun run, CancellationToken cancellation) => database.ReadAsync<IReadOnlyList<MetricSeries>>(
        session => session.Query(
            """
            SELECT m.series, k.name, MAX(m.step), MAX(m.time) FROM board_metrics m JOIN board_keys k ON k.id = m.series
            WHERE m.run = $1 GROUP BY m.series, k.name ORDER BY m.series
            """,
            static row => new MetricSeries(row.GetInt64(0), row.GetString(1), row.GetInt64(2), row.GetInt64(3)),
            run.Id),
        cancellation);

    public async Task<IReadOnlyList<MetricPoint>> HistoryAsync(TrackedRun run, MetricSeries series, int? maxPoints, CancellationToken cancellation)
    {
        var points = await database.ReadAsync(
            session => session.Query(
                "SELECT step, time, bits FROM board_metrics WHERE run = $1 AND series = $2 ORDER BY step, time",
                static row => new MetricPoint(row.GetInt64(0), row.GetInt64(1), BitConverter.Int64BitsToDouble(row.GetInt64(2))),
                run.Id,
                series.Key),
            cancellation).ConfigureAwait(false);
        return maxPoints is { } limit ? Listing.Downsampling.Extremes(points, limit, static point => point.Value) : points;
    }

    private static TrackedExperiment MapExperiment(DbDataReader row) => new(
        row.GetInt64(0),
        row.GetString(1),
        row.GetString(2),
        row.GetString(3),
        row.GetString(4),
        row.IsDBNull(5) ? null : row.GetString(5),
        row.GetInt64(6),
        row.GetInt64(7));

    private static TrackedRun MapRun(DbDataReader row) => new(row.GetInt64(0), row.GetString(1), row.GetInt64(2), row.GetString(3), row.GetString(4), row.GetInt64(5), row.GetInt64(6));

    private long Now() => Timestamps.ToMicros(time.GetUtcNow());
}
