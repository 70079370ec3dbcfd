namespace Cairn.Jobs.Agent;

/// <summary>All that descends from the agent: it adopts what detached itself.</summary>
internal static class AgentTree
{
    private const int Rounds = 1000;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    /// <summary>Kills the program's group and everything below the agent, until nothing is left: what is being started while others are
    /// killed is found the next time.</summary>
    public static async Task KillAsync(int group)
    {
        ChildProcess.SignalGroup(group, Libc.SigKill);
        for (var round = 0; round < Rounds && Kill(); round++)
        {
            await Task.Delay(Pause);
        }
    }

    /// <summary>Whether there was anything.</summary>
    private static bool Kill()
    {
        var living = ProcessTree
            .Descendants(Environment.ProcessId)
            .Where(static process => ProcessTree.StartTime(process.Pid) is not null)
            .ToList();
        foreach (var (pid, _) in living)
        {
            _ = Libc.Kill(pid, Libc.SigKill);
        }

        return living.Count > 0;
    }
}
