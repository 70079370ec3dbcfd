using Cairn.Jobs.Agent;
using Cairn.Jobs.Tasks;

namespace Cairn.Jobs.Executors;

/// <summary>Containers of this machine, by podman. A container outlives its agent, so it has the task's name, and is removed when the agent is gone.</summary>
internal sealed class PodmanExecutor(LocalAgents agents) : IExecutor
{
    public string Name => "podman";

    public string? Obstacle() => HostTools.Find("podman") is null ? "podman is not installed on this machine." : null;

    public Task StartAsync(AttemptDirectory attempt, TaskRecord record, CancellationToken cancellation)
    {
        agents.Start(attempt, record);
        return Task.CompletedTask;
    }

    public Task<AttemptStatus> ObserveAsync(AttemptDirectory attempt, CancellationToken cancellation) => Task.FromResult<AttemptStatus>(agents.Observe(attempt));

    public async Task KillAsync(AttemptDirectory attempt, CancellationToken cancellation)
    {
        LocalAgents.Kill(attempt);
        await CleanAsync(attempt, cancellation);
    }

    public Task CleanAsync(AttemptDirectory attempt, CancellationToken cancellation)
    {
        if (HostTools.Find("podman") is not { } podman || attempt.ReadTask() is not { } record)
        {
            return Task.CompletedTask;
        }

        var environment = PodmanLauncher.ToolEnvironment(attempt.In("containers.conf"));
        return PodmanLauncher.RemoveAsync(podman, PodmanLauncher.ContainerName(record.Task), environment);
    }
}
