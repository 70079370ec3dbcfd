using Cairn.Kernel.Errors;
using Microsoft.Extensions.Logging;

namespace Cairn.Jobs.Executors.Kubernetes;

/// <summary>What the cluster says of all that this program has made: asked for at once, and not more often than need be.</summary>
internal sealed partial class KubernetesCluster(Kubectl kubectl, JobsOptions options, TimeProvider time, ILogger<KubernetesCluster> logger)
{
    private readonly SemaphoreSlim gate = new(1, 1);
    private Dictionary<string, KubernetesPool> pools = [];
    private ExecutorAwayException? away;
    private long? asked;

    /// <summary>All pools' Jobs by their names.</summary>
    /// <exception cref="ExecutorAwayException">The cluster does not answer.</exception>
    public async Task<IReadOnlyDictionary<string, KubernetesPool>> PoolsAsync(CancellationToken cancellation)
    {
        await gate.WaitAsync(cancellation);
        try
        {
            if (asked is not { } when || time.GetElapsedTime(when) >= options.Kubernetes.PollInterval)
            {
                await AskAsync(cancellation);
            }

            return away is null ? pools : throw new ExecutorAwayException(away.Message);
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>Makes the next look a fresh one.</summary>
    public void Forget() => asked = null;

    private async Task AskAsync(CancellationToken cancellation)
    {
        try
        {
            pools = KubernetesPool.Parse(await kubectl.RunAsync(["get", "jobs,pods", "--selector=" + KubernetesManifest.Selector, "--output=json"], cancellation));
            away = null;
        }
        catch (Exception e) when (e is ExecutorAwayException or StatusException or System.Text.Json.JsonException)
        {
            if (away is null)
            {
                Log.Away(logger, e.Message);
            }

            away = e as ExecutorAwayException ?? new ExecutorAwayException(e.Message);
        }

        asked = time.GetTimestamp();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The Kubernetes cluster cannot be asked, and nothing is concluded of its jobs meanwhile. {Reason}")]
        public static partial void Away(ILogger logger, string reason);
    }
}
