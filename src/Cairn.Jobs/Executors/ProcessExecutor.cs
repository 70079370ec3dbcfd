using Cairn.Jobs.Tasks;

namespace Cairn.Jobs.Executors;

/// <summary>Processes of this machine, sandboxed where bubblewrap permits.</summary>
internal sealed class ProcessExecutor(LocalAgents agents) : IExecutor
{
    public string Name => "process";

    public string? Obstacle() => OperatingSystem.IsLinux() ? null : "Tasks run as processes on Linux only.";

    public Task StartAsync(AttemptDirectory attempt, TaskRecord record, CancellationToken cancellation)
    {
        agents.Start(attempt, record);
        return Task.CompletedTask;
    }

    public Task<AttemptStatus> ObserveAsync(AttemptDirectory attempt, CancellationToken cancellation) => Task.FromResult<AttemptStatus>(agents.Observe(attempt));

    public Task KillAsync(AttemptDirectory attempt, CancellationToken cancellation)
    {
        LocalAgents.Kill(attempt);
        return Task.CompletedTask;
    }

    public Task CleanAsync(AttemptDirectory attempt, CancellationToken cancellation) => Task.CompletedTask;
}
