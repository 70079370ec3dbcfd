namespace Cairn.Kernel.Work;

/// <summary>A step that runs on this server.</summary>
internal sealed class RunningStep(IWorker worker, WorkItem item, CancellationToken stopping) : IDisposable
{
    private readonly CancellationTokenSource _source = CancellationTokenSource.CreateLinkedTokenSource(stopping);
    private readonly Lock _gate = new();
    private bool _disposed;

    public IWorker Worker => worker;

    public WorkItem Item => item;

    public CancellationToken Lost => _source.Token;

    /// <summary>
    /// Tells the step that the item was cancelled or is another's. Its callbacks run on another thread, so that none of them holds up the
    /// loop.
    /// </summary>
    public void Stop()
    {
        lock (_gate)
        {
            if (!_disposed)
            {
                _ = _source.CancelAsync();
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _source.Dispose();
        }
    }
}
