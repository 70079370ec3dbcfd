using Cairn.Kernel.Database;
using Cairn.Tensorboards.Points;
using Cairn.Tracking.Runs;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Tensorboards.Service;

/// <summary>
/// Deletes from the Tensorboard view. What was made through the view goes with it; an experiment or run that was made elsewhere stays as it
/// is, with its metrics, and is only not shown here any more.
/// </summary>
internal sealed class Removal(TrackedRuns tracked, TimeProvider time)
{
    public void Experiment(ISqlSession session, Tensorboard board, Experiment experiment)
    {
        var detail = DetailTables.OfExperiment(session, experiment.Id);
        foreach (var run in tracked.Runs(session, experiment).ToList())
        {
            Run(session, board, run, whole: detail.MadeHere);
        }

        if (detail.MadeHere)
        {
            DetailTables.DeleteExperiment(session, experiment.Id);
            tracked.RemoveExperiment(session, experiment);
        }
        else
        {
            tracked.MoveExperiment(session, experiment, null);
            DetailTables.PutExperiment(session, experiment.Id, detail with { Hidden = true, Updated = Now() });
        }
    }

    /// <param name="whole">Whether the run goes wherever it was made, for its experiment goes.</param>
    public void Run(ISqlSession session, Tensorboard board, Run run, bool whole = false)
    {
        foreach (var series in SeriesTable.OfRun(session, run.Id).Where(static series => series.MaxStep is not null))
        {
            GarbageTable.Add(session, board.BlobStoragePathPrefix, BlobShelf.Owner(run.Uuid, series.Series));
        }

        SeriesTable.DeleteRun(session, run.Id);
        var detail = DetailTables.OfRun(session, run.Id);
        if (whole || detail.MadeHere)
        {
            DetailTables.DeleteRun(session, run.Id);
            tracked.RemoveRun(session, run);
        }
        else
        {
            DetailTables.PutRun(session, run.Id, detail with { Hidden = true, Updated = Now() });
        }
    }

    private long Now() => Kernel.Store.Timestamps.ToMicros(time.GetUtcNow());
}
