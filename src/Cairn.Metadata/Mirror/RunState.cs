using Cairn.Tracking.Runs;

namespace Cairn.Metadata.Mirror;

/// <summary>The state of a run as Vertex's clients write it in <c>metadata._state</c>: the names of an execution's states.</summary>
internal static class RunState
{
    public static string Of(RunStatus status) =>
        status switch
        {
            RunStatus.Scheduled => "NEW",
            RunStatus.Finished => "COMPLETE",
            RunStatus.Failed => "FAILED",
            RunStatus.Killed => "CANCELLED",
            _ => "RUNNING",
        };

    /// <summary>Null for a name that is none of theirs.</summary>
    public static RunStatus? Parse(string state) =>
        state switch
        {
            "NEW" or "PENDING" => RunStatus.Scheduled,
            "RUNNING" => RunStatus.Running,
            "COMPLETE" or "CACHED" => RunStatus.Finished,
            "FAILED" => RunStatus.Failed,
            "CANCELLED" => RunStatus.Killed,
            _ => null,
        };

    public static bool IsEnd(RunStatus status) => status is RunStatus.Finished or RunStatus.Failed or RunStatus.Killed;
}
