using Cairn.Kernel.Database;
using Cairn.Tracking.Runs;
using Cairn.Tracking.Runs.Jobs;

namespace Cairn.Jobs.Logs;

/// <summary>
/// A job's log is its run's: when the run is removed for good, the log is, too. The entries may be many, so they are only marked here, and
/// deleted by <see cref="LogRetention"/>.
/// </summary>
internal sealed class RunLogs(LogTable table) : IRunObserver
{
    public void RunRemoved(ISqlSession session, Experiment experiment, Run run)
    {
        if (JobRuns.JobOf(experiment, run) is { } job)
        {
            table.Discard(session, experiment.Project, job);
        }
    }

    public void ExperimentCreated(ISqlSession session, Experiment experiment) { }

    public void ExperimentChanged(ISqlSession session, Experiment before, Experiment after) { }

    public void ExperimentRemoved(ISqlSession session, Experiment experiment) { }

    public void RunCreated(ISqlSession session, Experiment experiment, Run run) { }

    public void RunChanged(ISqlSession session, Experiment experiment, Run before, Run after) { }

    public void RunMoved(ISqlSession session, Experiment from, Run before, Experiment to, Run after) { }
}
