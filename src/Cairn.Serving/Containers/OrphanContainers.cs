using Cairn.Kernel.Errors;
using Cairn.Kernel.Hosting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Cairn.Serving.Containers;

/// <summary>Removes the containers that a killed server left behind, before this one starts its own.</summary>
public sealed partial class OrphanContainers(Podman podman, ServerEnvironment environment, ILogger<OrphanContainers> logger) : IHostedService
{
    private readonly TaskCompletionSource _removed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        // Podman takes tenths of a second to answer; the server's start does not wait for it.
        _ = Task.Run(() => RemoveAsync(CancellationToken.None), CancellationToken.None);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task RemoveAsync(CancellationToken cancellation)
    {
        try
        {
            var (code, output, _) = await podman.RunAsync(cancellation, "ps", "--all", "--quiet", "--filter", $"label={ServerLabel.Key}={ServerLabel.Value(environment)}").ConfigureAwait(false);
            var orphans = code == 0 ? output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) : [];
            if (orphans.Length > 0)
            {
                await podman.RunAsync(cancellation, ["rm", "--force", "--ignore", "--time", "2", .. orphans]).ConfigureAwait(false);
                Log.Removed(logger, orphans.Length);
            }
        }
        catch (StatusException)
        {
            // No podman, so no containers.
        }
        finally
        {
            _removed.TrySetResult();
        }
    }

    /// <summary>Completes once they are gone: a container of this server's must not be taken for an orphan.</summary>
    public Task Removed => _removed.Task;

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Removed {Count} prediction containers of an earlier server")]
        public static partial void Removed(ILogger logger, int count);
    }
}
