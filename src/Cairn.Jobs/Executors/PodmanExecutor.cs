using Cairn.Jobs.Agent;
using Cairn.Jobs.Tasks;

namespace Cairn.Jobs.Executors;

/// <summary>
/// Containers of this machine, by podman; some replicas of a gang may be processes. A container outlives its agent, so it has the replica's
/// name, and is removed when the agent is gone.
/// </summary>
internal sealed class PodmanExecutor(LocalAgents agents) : IExecutor
{
    public string Name => "podman";

    public string? Obstacle() => HostTools.Find("podman") is null ? "podman is not installed on this machine." : null;

    public Task StartAsync(Gang gang, CancellationToken cancellation)
    {
        agents.Start(gang);
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<AttemptStatus>> ObserveAsync(Gang gang, CancellationToken cancellation) =>
        Task.FromResult(agents.Observe(gang));

    public async Task KillAsync(Gang gang, CancellationToken cancellation)
    {
        LocalAgents.Kill(gang);
        await CleanAsync(gang, cancellation);
    }

    public Task CleanAsync(Gang gang, CancellationToken cancellation)
    {
        LocalAgents.Clean(gang);
        return Task.WhenAll(
            gang.Replicas.Where(static replica => replica.Record.Launcher == PodmanLauncher.LauncherName).Select(PodmanLauncher.RemoveAsync)
        );
    }
}
