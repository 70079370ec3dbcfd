using Cairn.Kernel.Database;

namespace Cairn.Tensorboards.Points;

/// <summary>The SQL of <c>tensorboard_experiments</c> and <c>tensorboard_runs</c>.</summary>
public static class DetailTables
{
    public static DetailRow OfExperiment(ISqlSession session, long experiment) =>
        session.QueryFirst(
            "SELECT description, labels, source, made_here, hidden, updated FROM tensorboard_experiments WHERE experiment = $1",
            static row => new DetailRow(
                row.GetString(0),
                row.GetString(1),
                row.GetString(2),
                row.GetInt32(3) != 0,
                row.GetInt32(4) != 0,
                row.GetInt64(5)
            ),
            experiment
        ) ?? DetailRow.None;

    public static DetailRow OfRun(ISqlSession session, long run) =>
        session.QueryFirst(
            "SELECT description, labels, made_here, hidden, updated FROM tensorboard_runs WHERE run = $1",
            static row => new DetailRow(
                row.GetString(0),
                row.GetString(1),
                "",
                row.GetInt32(2) != 0,
                row.GetInt32(3) != 0,
                row.GetInt64(4)
            ),
            run
        ) ?? DetailRow.None;

    public static void PutExperiment(ISqlSession session, long experiment, DetailRow row) =>
        session.Execute(
            """
            INSERT INTO tensorboard_experiments (experiment, description, labels, source, made_here, hidden, updated) VALUES ($1, $2, $3, $4, $5, $6, $7)
            ON CONFLICT (experiment) DO UPDATE SET description = excluded.description, labels = excluded.labels, source = excluded.source,
                made_here = excluded.made_here, hidden = excluded.hidden, updated = excluded.updated
            """,
            experiment,
            row.Description,
            row.Labels,
            row.Source,
            row.MadeHere ? 1 : 0,
            row.Hidden ? 1 : 0,
            row.Updated
        );

    public static void PutRun(ISqlSession session, long run, DetailRow row) =>
        session.Execute(
            """
            INSERT INTO tensorboard_runs (run, description, labels, made_here, hidden, updated) VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT (run) DO UPDATE SET description = excluded.description, labels = excluded.labels,
                made_here = excluded.made_here, hidden = excluded.hidden, updated = excluded.updated
            """,
            run,
            row.Description,
            row.Labels,
            row.MadeHere ? 1 : 0,
            row.Hidden ? 1 : 0,
            row.Updated
        );

    /// <summary>Has a run shown although it is deleted elsewhere.</summary>
    public static void Keep(ISqlSession session, long run)
    {
        PutRun(session, run, OfRun(session, run));
        session.Execute("UPDATE tensorboard_runs SET kept = 1 WHERE run = $1", run);
    }

    public static bool IsKept(ISqlSession session, long run) =>
        session.QueryFirst("SELECT kept FROM tensorboard_runs WHERE run = $1", static row => row.GetInt32(0) != 0, run);

    /// <summary>The id that an experiment has in its tensorboard, where that is not its own: another tensorboard's has it.</summary>
    public static string? ShownId(ISqlSession session, long experiment) =>
        session.QueryFirst("SELECT shown_id FROM tensorboard_experiments WHERE experiment = $1", static row => row.GetString(0), experiment)
            is { Length: > 0 } id
            ? id
            : null;

    public static void SetShownId(ISqlSession session, long experiment, string id) =>
        session.Execute("UPDATE tensorboard_experiments SET shown_id = $2 WHERE experiment = $1", experiment, id);

    /// <summary>The experiments that have an id in their tensorboards which is not their own.</summary>
    public static List<long> ShownAs(ISqlSession session, string id) =>
        session.Query("SELECT experiment FROM tensorboard_experiments WHERE shown_id = $1", static row => row.GetInt64(0), id);

    public static void DeleteExperiment(ISqlSession session, long experiment) =>
        session.Execute("DELETE FROM tensorboard_experiments WHERE experiment = $1", experiment);

    public static void DeleteRun(ISqlSession session, long run) => session.Execute("DELETE FROM tensorboard_runs WHERE run = $1", run);
}
