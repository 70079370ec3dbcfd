using Cairn.Kernel.Database;
using Cairn.Kernel.Store;
using Cairn.Tensorboards.Points;
using Cairn.Tracking.Runs;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Tensorboards.Service;

/// <summary>Takes away what this room keeps of experiments and runs when they are removed, whoever removes them.</summary>
internal sealed class RemovedRuns(IResourceStore store) : IRunObserver
{
    public void ExperimentCreated(ISqlSession session, Experiment experiment) { }

    public void ExperimentChanged(ISqlSession session, Experiment before, Experiment after) { }

    public void ExperimentRemoved(ISqlSession session, Experiment experiment) => DetailTables.DeleteExperiment(session, experiment.Id);

    public void RunCreated(ISqlSession session, Experiment experiment, Run run) { }

    public void RunChanged(ISqlSession session, Experiment experiment, Run before, Run after) { }

    public void RunMoved(ISqlSession session, Experiment from, Run before, Experiment to, Run after) { }

    public void RunRemoved(ISqlSession session, Experiment experiment, Run run)
    {
        var blobs = SeriesTable.OfRun(session, run.Id).Where(static series => series.MaxStep is not null).ToList();
        if (blobs.Count > 0 && Board(session, experiment) is { } board)
        {
            foreach (var series in blobs)
            {
                GarbageTable.Add(session, board.BlobStoragePathPrefix, BlobShelf.Owner(run.Uuid, series.Series));
            }
        }

        SeriesTable.DeleteRun(session, run.Id);
        DetailTables.DeleteRun(session, run.Id);
    }

    private Tensorboard? Board(ISqlSession session, Experiment experiment) =>
        experiment.Tensorboard is { } named
            ? store.Find<Tensorboard>(session, TensorboardTables.Kind, named)
            : store
                .Children<Tensorboard>(session, TensorboardTables.Kind, experiment.Parent)
                .FirstOrDefault(static board => board.IsDefault);
}
