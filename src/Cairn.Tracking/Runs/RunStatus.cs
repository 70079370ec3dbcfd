namespace Cairn.Tracking.Runs;

/// <summary>How a run stands; the numbers are those of MLflow's protocol.</summary>
public enum RunStatus
{
    Running = 1,
    Scheduled = 2,
    Finished = 3,
    Failed = 4,
    Killed = 5,
}
