using Cairn.Kernel.Errors;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;

namespace Cairn.Jobs.Executors.Kubernetes;

/// <summary>
/// What the cluster says of all that this program has made: listed once, then watched. Watching begins with the first question.
/// </summary>
internal sealed partial class KubernetesCluster(KubernetesApi api, TimeProvider time, ILogger<KubernetesCluster> logger)
    : IAsyncDisposable,
        IDisposable
{
    /// <summary>How long is waited between a watch's end, or a list that failed, and the next list.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(1);

    /// <summary>A watch that the cluster should have ended by itself is given up.</summary>
    private static readonly TimeSpan WatchLimit = TimeSpan.FromSeconds(KubernetesApi.WatchSeconds + 30);

    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _looked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private readonly Dictionary<string, KubernetesPool> _pools = [];
    private readonly Dictionary<string, PodTrouble> _troubles = [];
    private ExecutorAwayException? _away;
    private Task? _watching;

    /// <summary>What is known of a worker pool by its Job's name; null where the cluster has no such Job.</summary>
    /// <exception cref="ExecutorAwayException">The cluster does not answer.</exception>
    /// <exception cref="StatusException">FAILED_PRECONDITION: it refuses.</exception>
    public async Task<KubernetesPool?> PoolAsync(string job, CancellationToken cancellation)
    {
        lock (_gate)
        {
            _watching ??= Task.Run(() => WatchAsync(_stop.Token), CancellationToken.None);
        }

        await _looked.Task.WaitAsync(cancellation);
        lock (_gate)
        {
            if (_away is { } away)
            {
                throw new ExecutorAwayException(away.Message);
            }

            if (_pools.TryGetValue(job, out var pool))
            {
                return pool with { Trouble = _troubles.Values.FirstOrDefault(trouble => trouble.Job == job)?.Loss };
            }
        }

        // One that was made a moment ago is not among what was listed: that a Job is gone is for the cluster to say.
        return await api.FindJobAsync(job, cancellation) is { } found ? KubernetesPool.Of(found) : null;
    }

    /// <summary>Ends the watches without waiting for their end.</summary>
    public void Dispose() => _stop.Cancel();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        if (_watching is { } watching)
        {
            await watching;
        }

        _stop.Dispose();
    }

    private async Task WatchAsync(CancellationToken stop)
    {
        try
        {
            while (true)
            {
                await LookAsync(stop);
                await Task.Delay(Rest, time, stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The server ends.
        }
    }

    /// <summary>Lists everything, and follows it until one of the watches ends.</summary>
    private async Task LookAsync(CancellationToken stop)
    {
        try
        {
            var (jobs, pods) = await api.ListAsync(stop);
            Replace(jobs, pods);
            using var end = CancellationTokenSource.CreateLinkedTokenSource(stop);
            end.CancelAfter(WatchLimit);
            await Task.WhenAll(
                FollowAsync(api.WatchJobs(jobs, end.Cancel, end.Token), Note, end),
                FollowAsync(api.WatchPods(pods, end.Cancel, end.Token), Note, end)
            );
        }
        catch (Exception e) when (e is ExecutorAwayException or StatusException)
        {
            lock (_gate)
            {
                if (_away is null)
                {
                    Log.Away(logger, e.Message);
                }

                _away = e as ExecutorAwayException ?? new ExecutorAwayException(e.Message);
            }

            _looked.TrySetResult();
        }
    }

    /// <summary>Takes what a watch tells. However it ends, the list that comes next says whether the cluster still answers.</summary>
    private static async Task FollowAsync<T>(
        IAsyncEnumerable<(WatchEventType Type, T Item)> watch,
        Action<WatchEventType, T> note,
        CancellationTokenSource end
    )
    {
        try
        {
            await foreach (var (type, item) in watch)
            {
                note(type, item);
            }
        }
        catch (Exception e)
            when (e is OperationCanceledException or HttpRequestException or IOException or k8s.Autorest.HttpOperationException)
        {
            // It broke off, or the other did.
        }

        await end.CancelAsync();
    }

    private void Replace(V1JobList jobs, V1PodList pods)
    {
        lock (_gate)
        {
            _pools.Clear();
            _troubles.Clear();
            foreach (var job in jobs.Items)
            {
                Note(WatchEventType.Added, job);
            }

            foreach (var pod in pods.Items)
            {
                Note(WatchEventType.Added, pod);
            }

            _away = null;
        }

        _looked.TrySetResult();
    }

    private void Note(WatchEventType type, V1Job job)
    {
        lock (_gate)
        {
            switch (type)
            {
                case WatchEventType.Added or WatchEventType.Modified:
                    _pools[job.Name()] = KubernetesPool.Of(job);
                    break;
                case WatchEventType.Deleted:
                    _pools.Remove(job.Name());
                    break;
            }
        }
    }

    private void Note(WatchEventType type, V1Pod pod)
    {
        lock (_gate)
        {
            // A pod that is deleted keeps its trouble until its Job says what became of it; the next list forgets it.
            if (type is WatchEventType.Added or WatchEventType.Modified)
            {
                if (PodTrouble.Of(pod) is { } trouble)
                {
                    _troubles[pod.Name()] = trouble;
                }
                else
                {
                    _troubles.Remove(pod.Name());
                }
            }
        }
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
