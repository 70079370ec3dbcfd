using System.Collections.Concurrent;
using Cairn.Jobs.Limits;
using Cairn.Jobs.Tasks;
using Microsoft.Extensions.Logging;

namespace Cairn.Jobs.Executors;

/// <summary>Agents on this machine: processes in sessions of their own, which outlive the server.</summary>
internal sealed class LocalAgents(ILogger<LocalAgents> logger)
{
    /// <summary>Agents that this server process started and must collect the exit status of.</summary>
    private readonly ConcurrentDictionary<string, int> _children = new();

    private readonly NativeAgent _native = new(logger);

    /// <summary>Starts an agent for each replica that has none.</summary>
    public void Start(Gang gang)
    {
        foreach (var replica in gang.Replicas.Where(replica => Observe(replica.Directory) == AttemptState.NotStarted))
        {
            Start(replica.Directory, replica.Record);
        }
    }

    public IReadOnlyList<AttemptStatus> Observe(Gang gang) =>
        [.. gang.Replicas.Select(replica => new AttemptStatus(Observe(replica.Directory)))];

    /// <summary>Kills the agents, and by the kernel's hand what depends on them.</summary>
    public static void Kill(Gang gang)
    {
        foreach (var replica in gang.Replicas)
        {
            Kill(replica.Directory);
        }

        Clean(gang);
    }

    /// <summary>Removes the control groups of agents that could not do it themselves.</summary>
    public static void Clean(Gang gang)
    {
        foreach (var replica in gang.Replicas)
        {
            TaskGroup.Remove(replica.Record.Limits.ControlGroup, TaskGroup.Name(replica.Record));
        }
    }

    private void Start(AttemptDirectory attempt, TaskRecord record)
    {
        var program = _native.Command(record.Cairn);
        var pid = ChildProcess.StartDetached(
            program[0],
            [.. program.Skip(1), attempt.Path],
            AgentEnvironment.Build(),
            attempt.Path,
            attempt.AgentOutput
        );
        _children[attempt.Path] = pid;
    }

    private AttemptState Observe(AttemptDirectory attempt)
    {
        if (_children.TryGetValue(attempt.Path, out var pid) && ChildProcess.TryReap(pid))
        {
            _children.TryRemove(attempt.Path, out _);
        }

        // In this order: an agent writes its start record after it took the lock and its exit record before it gives the lock back.
        var started = File.Exists(attempt.StartFile);
        var locked = attempt.IsLocked();
        return attempt.ReadExit() is not null ? AttemptState.Ended
            : locked ? AttemptState.Running
            : started ? AttemptState.Lost
            : _children.ContainsKey(attempt.Path) ? AttemptState.Waiting
            : AttemptState.NotStarted;
    }

    private static void Kill(AttemptDirectory attempt)
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
