using Cairn.Kernel.Errors;
using Microsoft.Extensions.Logging;

namespace Cairn.Jobs.Executors.Kubernetes;

/// <summary>What the cluster says of all that this program has made: asked for at once, and not more often than need be.</summary>
internal sealed partial class KubernetesCluster(Kubectl kubectl, JobsOptions options, TimeProvider time, ILogger<KubernetesCluster> logger)
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private Dictionary<string, KubernetesPool> _pools = [];
    private ExecutorAwayException? _away;
    private long? _asked;

    /// <summary>All pools' Jobs by their names.</summary>
    /// <exception cref="ExecutorAwayException">The cluster does not answer.</exception>
    public async Task<IReadOnlyDictionary<string, KubernetesPool>> PoolsAsync(CancellationToken cancellation)
    {
        await _gate.WaitAsync(cancellation);
        try
        {
            if (_asked is not { } when || time.GetElapsedTime(when) >= options.Kubernetes.PollInterval)
            {
                await AskAsync(cancellation);
            }

            return _away is null ? _pools : throw new ExecutorAwayException(_away.Message);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Makes the next look a fresh one.</summary>
    public void Forget() => _asked = null;

    private async Task AskAsync(CancellationToken cancellation)
    {
        try
        {
            _pools = KubernetesPool.Parse(
                await kubectl.RunAsync(["get", "jobs,pods", "--selector=" + KubernetesManifest.Selector, "--output=json"], cancellation)
            );
            _away = null;
        }
        catch (Exception e) when (e is ExecutorAwayException or StatusException or System.Text.Json.JsonException)
        {
            if (_away is null)
            {
                Log.Away(logger, e.Message);
            }

            _away = e as ExecutorAwayException ?? new ExecutorAwayException(e.Message);
        }

        _asked = time.GetTimestamp();
    }

    private static partial class Log
    {
        [LoggerMessage(
            1,
            LogLevel.Warning,
            "The Kubernetes cluster cannot be asked, and nothing is concluded of its jobs meanwhile. {Reason}"
        )]
        public static partial void Away(ILogger logger, string reason);
    }
}
