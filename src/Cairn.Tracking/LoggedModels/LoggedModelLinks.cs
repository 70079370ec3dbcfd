using Cairn.Kernel.Database;
using Cairn.Tracking.Runs;

namespace Cairn.Tracking.LoggedModels;

/// <summary>Which runs made and used which models.</summary>
public static class LoggedModelLinks
{
    /// <summary>Notes that a run made, or used, a model; said again, it takes the new step.</summary>
    public static void Add(ISqlSession session, Run run, LoggedModel model, bool isOutput, long step) =>
        session.Execute(
            "INSERT INTO run_models (run, model, output, step) VALUES ($1, $2, $3, $4) ON CONFLICT (run, model, output) DO UPDATE SET step = excluded.step",
            run.Id,
            model.Id,
            isOutput,
            step
        );

    /// <summary>By the run's row id, in the order in which the models were made; deleted models are left out.</summary>
    public static ILookup<long, RunModel> Of(ISqlSession session, IEnumerable<Run> runs) =>
        session
            .Query(
                $"SELECT l.run, m.model_id, l.output, l.step FROM run_models l JOIN logged_models m ON m.id = l.model WHERE m.stage = 0 AND l.run IN ({IdList.Sql(session.Dialect)}) ORDER BY l.run, m.id",
                static row => (Run: row.GetInt64(0), Model: new RunModel(row.GetString(1), row.GetInt64(2) != 0, row.GetInt64(3))),
                IdList.Argument(runs.Select(static run => run.Id))
            )
            .ToLookup(static row => row.Run, static row => row.Model);
}
