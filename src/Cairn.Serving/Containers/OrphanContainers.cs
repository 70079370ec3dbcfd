using Cairn.Kernel.Errors;
using Cairn.Kernel.Hosting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Cairn.Serving.Containers;

/// <summary>Removes the containers that a killed server left behind, before this one starts its own.</summary>
public sealed partial class OrphanContainers : IHostedService
{
    private readonly Lazy<Task> _removed;

    public OrphanContainers(Podman podman, ServerEnvironment environment, ILogger<OrphanContainers> logger) =>
        _removed = new Lazy<Task>(() => Task.Run(() => RemoveAsync(podman, environment, logger)));

    public Task StartAsync(CancellationToken cancellationToken)
    {
        // Podman takes tenths of a second to answer; the server's start does not wait for it.
        _ = _removed.Value;
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Completes once they are gone: a container that this server starts must not be taken for an orphan.</summary>
    public Task RemovedAsync(CancellationToken cancellation) => _removed.Value.WaitAsync(cancellation);

    private static async Task RemoveAsync(Podman podman, ServerEnvironment environment, ILogger logger)
    {
        try
        {
            var label = $"label={ServerLabel.Key}={ServerLabel.Value(environment)}";
            var (code, output, _) = await podman.RunAsync(CancellationToken.None, "ps", "--all", "--quiet", "--filter", label);
            var orphans = code == 0 ? output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) : [];
            if (orphans.Length > 0)
            {
                await podman.RunAsync(CancellationToken.None, ["rm", "--force", "--ignore", "--time", "2", .. orphans]);
                Log.Removed(logger, orphans.Length);
            }
        }
        catch (StatusException)
        {
            // No podman, so no containers.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Removed {Count} prediction containers of an earlier server")]
        public static partial void Removed(ILogger logger, int count);
    }
}
