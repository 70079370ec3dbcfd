using System.Collections.Concurrent;
using Cairn.Jobs.Agent;
using Cairn.Jobs.Environments;
using Cairn.Jobs.Interop;
using Cairn.Jobs.Tasks;

namespace Cairn.Jobs.Executors;

/// <summary>Agents on this machine: processes in sessions of their own, which outlive the server.</summary>
internal sealed class LocalAgents
{
    /// <summary>Agents that this server process started and must collect the exit status of.</summary>
    private readonly ConcurrentDictionary<string, int> children = new();

    public void Start(AttemptDirectory attempt, TaskRecord record)
    {
        var environment = new Dictionary<string, string>(HostTools.Environment);
        foreach (var name in (string[])["DOTNET_ROOT", "CONTAINERS_CONF", "CONTAINERS_STORAGE_CONF", "CONTAINERS_REGISTRIES_CONF", "XDG_RUNTIME_DIR", "XDG_DATA_HOME", "REGISTRY_AUTH_FILE", .. BuildSandbox.Proxies])
        {
            if (Environment.GetEnvironmentVariable(name) is { } value)
            {
                environment[name] = value;
            }
        }

        // The agent is small; a heap for each core would be most of its memory.
        environment["DOTNET_gcServer"] = "0";
        environment["DOTNET_gcConcurrent"] = "0";
        environment["DOTNET_TieredPGO"] = "0";
        var pid = ChildProcess.StartDetached(record.Cairn, ["agent", attempt.Path], environment, attempt.Path, attempt.AgentOutput);
        children[attempt.Path] = pid;
    }

    public AttemptState Observe(AttemptDirectory attempt)
    {
        if (children.TryGetValue(attempt.Path, out var pid) && ChildProcess.TryReap(pid))
        {
            children.TryRemove(attempt.Path, out _);
        }

        // In this order: an agent writes its start record after it took the lock and its exit record before it gives the lock back.
        var locked = attempt.IsLocked();
        return attempt.ReadExit() is not null ? AttemptState.Ended
            : locked || (children.ContainsKey(attempt.Path) && !File.Exists(attempt.StartFile)) ? AttemptState.Running
            : File.Exists(attempt.StartFile) ? AttemptState.Lost
            : AttemptState.NotStarted;
    }

    /// <summary>Kills the agent, and by the kernel's hand what depends on it.</summary>
    public static void Kill(AttemptDirectory attempt)
    {
        // The pid alone could by now be another process's.
        if (attempt.ReadStart() is { } start && ProcessTree.StartTime(start.Pid) == start.PidStart)
        {
            foreach (var (pid, _) in ProcessTree.Descendants(start.Pid).Prepend((start.Pid, 0)))
            {
                _ = Libc.Kill(pid, Libc.SigKill);
            }
        }
    }
}
