using Cairn.Kernel.Database;

namespace Cairn.Tracking.Runs;

/// <summary>
/// Told of every change of experiments and runs inside the transaction that makes it, so that what is kept beside the rows (the nodes of
/// the lineage graph) changes with them or not at all. Being part of a transaction, it may be called more than once for one change.
/// </summary>
public interface IRunObserver
{
    void ExperimentCreated(ISqlSession session, Experiment experiment);

    /// <summary>Renamed, deleted softly, restored, or bound to another tensorboard.</summary>
    void ExperimentChanged(ISqlSession session, Experiment before, Experiment after);

    void ExperimentRemoved(ISqlSession session, Experiment experiment);

    void RunCreated(ISqlSession session, Experiment experiment, Run run);

    /// <summary>Renamed, ended, deleted softly or restored.</summary>
    void RunChanged(ISqlSession session, Experiment experiment, Run before, Run after);

    void RunMoved(ISqlSession session, Experiment from, Run before, Experiment to, Run after);

    void RunRemoved(ISqlSession session, Experiment experiment, Run run);
}
