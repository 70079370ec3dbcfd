using Cairn.Kernel.Errors;
using Microsoft.Extensions.Logging;

namespace Cairn.Serving.Python;

/// <summary>
/// The replicas of a deployed model. At least the minimum are kept alive: one that dies is replaced. More are started, up to the maximum,
/// when a request finds all busy, and stopped again when idle.
/// </summary>
internal sealed partial class WorkerPool : IAsyncDisposable
{
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private readonly Stack<PythonWorker> _idle = new();
    private readonly Queue<TaskCompletionSource<PythonWorker>> _waiting = new();
    private readonly HashSet<PythonWorker> _all = [];
    private readonly Func<CancellationToken, Task<PythonWorker>> _start;
    private readonly PoolSize _size;
    private readonly string _title;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ITimer _trimmer;
    private int _starting;
    private int _failures;

    public WorkerPool(Func<CancellationToken, Task<PythonWorker>> start, PoolSize size, string title, TimeProvider time, ILogger logger)
    {
        _start = start;
        _size = size;
        _title = title;
        _time = time;
        _logger = logger;
        _trimmer = time.CreateTimer(_ => Trim(), null, size.Idle / 2, size.Idle / 2);
    }

    /// <summary>Starts the least number of replicas, and at least one, to see that the model loads.</summary>
    public async Task StartAsync(CancellationToken cancellation)
    {
        var first = await _start(cancellation);
        lock (_lock)
        {
            _all.Add(first);
        }

        Watch(first);
        Return(first);
        lock (_lock)
        {
            StartMissing();
        }
    }

    /// <summary>A replica for one request; the caller returns it.</summary>
    public async ValueTask<PythonWorker> RentAsync(CancellationToken cancellation)
    {
        TaskCompletionSource<PythonWorker> waiter;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_stopping.IsCancellationRequested, this);
            while (_idle.TryPop(out var worker))
            {
                if (worker.Usable)
                {
                    return worker;
                }
            }

            waiter = new TaskCompletionSource<PythonWorker>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Enqueue(waiter);
            if (_all.Count + _starting < _size.Max && _starting < _waiting.Count)
            {
                StartOne();
            }
        }

        using (cancellation.UnsafeRegister(_ => waiter.TrySetCanceled(cancellation), null))
        {
            return await waiter.Task;
        }
    }

    /// <summary>Hands a replica back. One that is gone is forgotten: its watcher replaces it.</summary>
    public void Return(PythonWorker worker)
    {
        lock (_lock)
        {
            if (!worker.Usable || _stopping.IsCancellationRequested)
            {
                return;
            }

            worker.IdleSince = _time.GetTimestamp();
            while (_waiting.TryDequeue(out var waiter))
            {
                if (waiter.TrySetResult(worker))
                {
                    return;
                }
            }

            _idle.Push(worker);
        }
    }

    public async ValueTask DisposeAsync()
    {
        PythonWorker[] workers;
        lock (_lock)
        {
            _stopping.Cancel();
            workers = [.. _all];
            FailWaiting(StatusException.Unavailable($"{_title} is being undeployed."));
        }

        await _trimmer.DisposeAsync();
        await Task.WhenAll(workers.Select(w => w.DisposeAsync().AsTask()));
    }

    private void StartMissing()
    {
        while (!_stopping.IsCancellationRequested && _all.Count + _starting < Math.Max(_size.Min, Math.Min(_waiting.Count, _size.Max)))
        {
            StartOne();
        }
    }

    /// <summary>Starts a replica in the background. Called with the lock held.</summary>
    private void StartOne()
    {
        _starting++;
        _ = Task.Run(StartOneAsync);
    }

    private async Task StartOneAsync()
    {
        try
        {
            var worker = await _start(_stopping.Token);
            lock (_lock)
            {
                _starting--;
                _failures = 0;
                _all.Add(worker);
            }

            if (_stopping.IsCancellationRequested)
            {
                await worker.DisposeAsync();
                return;
            }

            Watch(worker);
            Return(worker);
        }
        catch (Exception e)
        {
            TimeSpan pause;
            lock (_lock)
            {
                _starting--;
                pause = TimeSpan.FromSeconds(Math.Min(LongestBackoff.TotalSeconds, Math.Pow(2, _failures++)));
                if (_all.Count == 0)
                {
                    FailWaiting(StatusException.Unavailable($"{_title} has no running replica, and none can be started: {e.Message}"));
                }
            }

            if (!_stopping.IsCancellationRequested)
            {
                Log.NotStarted(_logger, _title, pause.TotalSeconds, e.Message);
                _ = RetryAsync(pause);
            }
        }
    }

    private async Task RetryAsync(TimeSpan pause)
    {
        try
        {
            await Task.Delay(pause, _time, _stopping.Token);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        lock (_lock)
        {
            StartMissing();
        }
    }

    private void Watch(PythonWorker worker) => _ = WatchAsync(worker);

    private async Task WatchAsync(PythonWorker worker)
    {
        var code = await worker.Exited;
        lock (_lock)
        {
            var kept = _idle.Where(w => w != worker).Reverse().ToArray();
            _idle.Clear();
            foreach (var other in kept)
            {
                _idle.Push(other);
            }

            if (!_all.Remove(worker) || _stopping.IsCancellationRequested)
            {
                return;
            }

            StartMissing();
        }

        Log.Died(_logger, _title, worker.ProcessId, EndOfProcess.Describe(code), worker.LastLines(3));
        await worker.DisposeAsync();
    }

    private void Trim()
    {
        List<PythonWorker> surplus = [];
        lock (_lock)
        {
            var idle = _idle.ToArray();
            // The bottom of the stack has been idle for longest.
            for (var i = idle.Length - 1; i >= 0 && _all.Count > _size.Min; i--)
            {
                if (_time.GetElapsedTime(idle[i].IdleSince) >= _size.Idle)
                {
                    surplus.Add(idle[i]);
                    _all.Remove(idle[i]);
                }
            }

            _idle.Clear();
            foreach (var worker in idle.Except(surplus).Reverse())
            {
                _idle.Push(worker);
            }
        }

        foreach (var worker in surplus)
        {
            _ = worker.DisposeAsync().AsTask();
        }
    }

    private void FailWaiting(StatusException error)
    {
        while (_waiting.TryDequeue(out var waiter))
        {
            waiter.TrySetException(error);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "{Title}: worker {ProcessId} is gone: {Reason}. {LastLines}")]
        public static partial void Died(ILogger logger, string title, int processId, string reason, string lastLines);

        [LoggerMessage(Level = LogLevel.Warning, Message = "{Title}: a worker did not start; the next try is in {Seconds} s. {Reason}")]
        public static partial void NotStarted(ILogger logger, string title, double seconds, string reason);
    }
}
