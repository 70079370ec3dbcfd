namespace Cairn.Jobs.Executors.Slurm;

/// <summary>A line of <c>squeue</c>.</summary>
/// <param name="Id">The job's number.</param>
/// <param name="State">Its state in full: <c>OUT_OF_MEMORY</c>.</param>
/// <param name="Restarts">How often Slurm has put it in line again.</param>
/// <param name="Reason">Why it waits or failed, in Slurm's word: <c>Resources</c>, <c>None</c>.</param>
/// <param name="Nodes">Where it ran; empty where it never did.</param>
internal sealed record SlurmJob(string Id, string State, int Restarts, string Reason, string Nodes, string Name)
{
    /// <summary>Whether Slurm has done with it. (<c>COMPLETING</c> is not over: its processes may be there.)</summary>
    public bool IsOver =>
        State
            is "BOOT_FAIL"
                or "CANCELLED"
                or "COMPLETED"
                or "DEADLINE"
                or "FAILED"
                or "NODE_FAIL"
                or "OUT_OF_MEMORY"
                or "PREEMPTED"
                or "REVOKED"
                or "TIMEOUT";

    /// <summary>Whether this is the job of that name, or one of its components.</summary>
    public bool IsNamed(string name) =>
        Name == name || (Name.StartsWith(name, StringComparison.Ordinal) && Name[name.Length] == SlurmSubmission.ComponentMark);

    /// <summary>Reads a line of <c>squeue</c>'s output; null where it is none.</summary>
    public static SlurmJob? Parse(string line) =>
        line.Split('|') is [var id, var state, var restarts, var reason, var nodes, var name, ..]
            ? new SlurmJob(
                id.Trim(),
                state.Trim(),
                int.TryParse(restarts, out var count) ? count : 0,
                reason.Trim(),
                nodes.Trim(),
                name.Trim()
            )
            : null;
}
