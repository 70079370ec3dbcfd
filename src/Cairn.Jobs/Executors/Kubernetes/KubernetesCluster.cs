using k8s;
using k8s.Autorest;

namespace Cairn.Jobs.Executors.Kubernetes;

/// <summary>
/// What the cluster says of all that this program has made: listed once, then watched. Watching begins with the first question, and nothing
/// but the server's end ends it.
/// </summary>
internal sealed class KubernetesCluster(KubernetesApi api, TimeProvider time, ClusterStanding standing) : IAsyncDisposable, IDisposable
{
    /// <summary>A watch that the cluster should have ended by itself is given up.</summary>
    private static readonly TimeSpan WatchLimit = TimeSpan.FromSeconds(KubernetesApi.WatchSeconds + 15);

    /// <summary>A watch that ends sooner has ended at once.</summary>
    private static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _looked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private readonly ClusterPicture _picture = new();
    private readonly ClusterRests _rests = new();
    private volatile string? _away;
    private int _endedAtOnce;
    private Task? _watching;

    /// <summary>What is known of a worker pool by its Job's name; null where the cluster has no such Job.</summary>
    /// <exception cref="ExecutorAwayException">The cluster does not answer, or refuses.</exception>
    public async Task<KubernetesPool?> PoolAsync(string job, CancellationToken cancellation)
    {
        lock (_gate)
        {
            _watching ??= Task.Run(() => WatchAsync(_stop.Token), CancellationToken.None);
        }

        await _looked.Task.WaitAsync(cancellation);
        if (_away is { } away)
        {
            throw new ExecutorAwayException(away);
        }

        if (_picture.Find(job) is { } pool)
        {
            return pool;
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
                await Task.Delay(await LookAsync(stop), time, stop);
            }
        }
        catch (Exception) when (stop.IsCancellationRequested)
        {
            // The server ends, and with it whatever was under way.
        }
    }

    /// <summary>Lists everything, and follows it until one of the watches ends.</summary>
    /// <returns>How long to wait before the next.</returns>
    private async Task<TimeSpan> LookAsync(CancellationToken stop)
    {
        const string what = "Following Jobs and pods of Kubernetes";
        try
        {
            var (jobs, pods) = await api.ListAsync(stop);
            _picture.Replace(jobs.Items, pods.Items);
            _away = null;
            _looked.TrySetResult();
            standing.Well(what);
            _rests.Listed();
            return await FollowAsync(jobs.Version, pods.Version, stop);
        }
        catch (Exception e) when (!stop.IsCancellationRequested)
        {
            // Whatever it is: what was heard before is not true for ever.
            var reason = ClusterFailure.Of(e).Message;
            _away = reason;
            _looked.TrySetResult();
            standing.Away(what, reason);
            return _rests.AfterFailure();
        }
    }

    /// <summary>Follows both kinds until one of them ends.</summary>
    /// <returns>How long to wait before the next list.</returns>
    private async Task<TimeSpan> FollowAsync(string? jobs, string? pods, CancellationToken stop)
    {
        const string what = "Watching Jobs and pods of Kubernetes (they are listed every half a minute instead)";
        var begun = time.GetTimestamp();
        using var clock = new CancellationTokenSource(WatchLimit, time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop, clock.Token);
        var ends = await Task.WhenAll(
            FollowAsync(lost => api.WatchJobsAsync(jobs, lost, end.Token), _picture.Note, end),
            FollowAsync(lost => api.WatchPodsAsync(pods, lost, end.Token), _picture.Note, end)
        );
        stop.ThrowIfCancellationRequested();
        var failure = ends.FirstOrDefault(static e => e is HttpOperationException refusal && ClusterFailure.IsRefusal(refusal));
        _endedAtOnce = time.GetElapsedTime(begun) < AtOnce ? _endedAtOnce + 1 : 0;
        if (failure is null && _endedAtOnce < 2)
        {
            if (_endedAtOnce == 0)
            {
                standing.Well(what);
            }

            return _rests.AfterWatch();
        }

        failure ??= ends.FirstOrDefault(static e => e is not (null or OperationCanceledException or EndOfStreamException));
        standing.Away(what, failure is null ? "The watch ends at once." : ClusterFailure.Of(failure).Message);
        return _rests.AfterRefusal();
    }

    /// <summary>Takes what a watch tells. However it ends, the list that comes next says whether the cluster still answers.</summary>
    /// <returns>What ended it; null where it has come to its end.</returns>
    private static async Task<Exception?> FollowAsync<T>(
        Func<Action<Exception>, IAsyncEnumerable<(WatchEventType Type, T Item)>> watch,
        Action<WatchEventType, T> note,
        CancellationTokenSource end
    )
    {
        Exception? ended = null;
        try
        {
            await foreach (var (type, item) in watch(Lost))
            {
                note(type, item);
            }
        }
        catch (Exception e)
        {
            // It broke off, or the other did.
            ended ??= e;
        }

        await end.CancelAsync();
        return ended;

        void Lost(Exception e)
        {
            ended = e;
            end.Cancel();
        }
    }
}
