namespace Cairn.Jobs.Agent;

/// <summary>
/// What a task's programs started and left alone becomes the agent's child, and stays in the kernel's list of processes after its end
/// until the agent has taken note of it.
/// </summary>
/// <param name="own">The child that the agent waits for itself.</param>
internal sealed class Orphans(int own)
{
    private HashSet<int> _ended = [];

    /// <summary>
    /// Takes note of those that have ended. Programs that the agent runs for itself are collected elsewhere, at once; so only what has
    /// been there the last time as well is an orphan.
    /// </summary>
    public void Reap()
    {
        var now = ProcessTree
            .Descendants(Environment.ProcessId)
            .Where(process => process.Depth == 1 && process.Pid != own && ProcessTree.StartTime(process.Pid) is null)
            .Select(static process => process.Pid)
            .ToHashSet();
        foreach (var pid in now.Where(_ended.Contains))
        {
            _ = ChildProcess.TryReap(pid);
        }

        _ended = now;
    }
}
