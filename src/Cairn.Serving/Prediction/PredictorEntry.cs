using Cairn.Kernel.Errors;
using Cairn.Serving.Predictors;

namespace Cairn.Serving.Prediction;

/// <summary>One deployed model on this server: not started, starting, running, or failed a moment ago.</summary>
public sealed class PredictorEntry(PredictorSpec spec, IPredictorRuntime runtime, TimeProvider time, CancellationToken stopping)
    : IAsyncDisposable
{
    /// <summary>A model that did not start is not tried again by every request that comes in.</summary>
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _retired = CancellationTokenSource.CreateLinkedTokenSource(stopping);
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task<IPredictor>? _start;
    private IPredictor? _running;
    private long _failedAt;
    private int _held;
    private bool _closing;

    public PredictorSpec Spec => spec;

    /// <summary>Whether the last start ended with an error.</summary>
    public bool Failed => _start is { IsCompleted: true, IsCompletedSuccessfully: false };

    /// <summary><c>running</c>, <c>starting</c>, <c>failed</c>, or <c>idle</c> where no request has needed it yet.</summary>
    public string State =>
        _running is not null ? "running"
        : Failed ? "failed"
        : _start is not null ? "starting"
        : "idle";

    /// <summary>Whether a route leads here: it was deployed, and not only being deployed.</summary>
    public bool Routed { get; set; }

    /// <summary>Completes when the model can predict.</summary>
    /// <exception cref="StatusException">It does not start, with the reason.</exception>
    public async ValueTask ReadyAsync(CancellationToken cancellation) => await PredictorAsync(cancellation);

    /// <summary>The running predictor, held until <see cref="Release"/>; started first where it is not.</summary>
    /// <returns>Null where the model was undeployed in the meantime: the route is to be looked up again.</returns>
    public ValueTask<IPredictor?> HoldAsync(CancellationToken cancellation)
    {
        lock (_lock)
        {
            if (_closing)
            {
                return ValueTask.FromResult<IPredictor?>(null);
            }

            _held++;
            if (_running is { } running)
            {
                return ValueTask.FromResult<IPredictor?>(running);
            }
        }

        return HoldStartingAsync(cancellation);
    }

    public void Release()
    {
        lock (_lock)
        {
            if (--_held == 0 && _closing)
            {
                _drained.TrySetResult();
            }
        }
    }

    /// <summary>Lets no more requests in, waits for those inside, and stops the model.</summary>
    public async ValueTask DisposeAsync()
    {
        Task<IPredictor>? start;
        lock (_lock)
        {
            _closing = true;
            start = _start;
            if (_held == 0)
            {
                _drained.TrySetResult();
            }
        }

        if (_running is null)
        {
            await _retired.CancelAsync();
        }

        await _drained.Task;
        if (start is not null)
        {
            await ((Task)start).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (start.IsCompletedSuccessfully)
            {
                await (await start).DisposeAsync();
            }
        }
    }

    private async ValueTask<IPredictor?> HoldStartingAsync(CancellationToken cancellation)
    {
        try
        {
            return await PredictorAsync(cancellation);
        }
        catch
        {
            Release();
            throw;
        }
    }

    private async Task<IPredictor> PredictorAsync(CancellationToken cancellation)
    {
        Task<IPredictor> start;
        lock (_lock)
        {
            if (_start is null || (Failed && time.GetElapsedTime(_failedAt) >= RetryAfter))
            {
                _start = StartAsync();
            }

            start = _start;
        }

        return await start.WaitAsync(cancellation);
    }

    private async Task<IPredictor> StartAsync()
    {
        // Not on the caller's stack: the lock is held there.
        await Task.Yield();
        try
        {
            var predictor = await runtime.StartAsync(spec, _retired.Token);
            lock (_lock)
            {
                _running = predictor;
            }

            return predictor;
        }
        catch (Exception e)
        {
            _failedAt = time.GetTimestamp();
            throw e is OperationCanceledException ? StatusException.Unavailable($"{spec.Title} was stopped while it was starting.") : e;
        }
    }
}
