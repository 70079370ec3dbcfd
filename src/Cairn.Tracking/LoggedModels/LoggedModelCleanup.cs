using Cairn.Kernel.Database;
using Cairn.Tracking.Runs;

namespace Cairn.Tracking.LoggedModels;

/// <summary>Takes logged models away with the experiment they are in, and what ties them to a run with the run.</summary>
internal sealed class LoggedModelCleanup : IRunObserver
{
    public void ExperimentCreated(ISqlSession session, Experiment experiment) { }

    public void ExperimentChanged(ISqlSession session, Experiment before, Experiment after) { }

    public void ExperimentRemoved(ISqlSession session, Experiment experiment)
    {
        foreach (var table in LoggedModelStore.TablesOfModel)
        {
            session.Execute($"DELETE FROM {table} WHERE model IN (SELECT id FROM logged_models WHERE experiment = $1)", experiment.Id);
        }

        session.Execute("DELETE FROM logged_models WHERE experiment = $1", experiment.Id);
    }

    public void RunCreated(ISqlSession session, Experiment experiment, Run run) { }

    public void RunChanged(ISqlSession session, Experiment experiment, Run before, Run after) { }

    public void RunMoved(ISqlSession session, Experiment from, Run before, Experiment to, Run after) { }

    public void RunRemoved(ISqlSession session, Experiment experiment, Run run)
    {
        session.Execute("DELETE FROM logged_model_metrics WHERE run = $1", run.Id);
        session.Execute("DELETE FROM run_models WHERE run = $1", run.Id);
    }
}
