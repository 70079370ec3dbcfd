using Cairn.Jobs.Tasks;

namespace Cairn.Jobs.Executors;

/// <summary>Processes of this machine, sandboxed where bubblewrap permits.</summary>
internal sealed class ProcessExecutor(LocalAgents agents) : IExecutor
{
    public string Name => "process";

    public string? Obstacle() => OperatingSystem.IsLinux() ? null : "Tasks run as processes on Linux only.";

    public Task StartAsync(Gang gang, CancellationToken cancellation)
    {
        agents.Start(gang);
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<AttemptStatus>> ObserveAsync(Gang gang, CancellationToken cancellation) =>
        Task.FromResult(agents.Observe(gang));

    public Task KillAsync(Gang gang, CancellationToken cancellation)
    {
        LocalAgents.Kill(gang);
        return Task.CompletedTask;
    }

    public Task CleanAsync(Gang gang, CancellationToken cancellation)
    {
        LocalAgents.Clean(gang);
        return Task.CompletedTask;
    }
}
