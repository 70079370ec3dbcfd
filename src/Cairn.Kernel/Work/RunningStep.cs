namespace Cairn.Kernel.Work;

/// <summary>A step that runs on this server.</summary>
internal sealed class RunningStep(IWorker worker, WorkItem item, CancellationToken stopping) : IDisposable
{
    private readonly CancellationTokenSource source = CancellationTokenSource.CreateLinkedTokenSource(stopping);
    private readonly Lock gate = new();
    private bool disposed;

    public IWorker Worker => worker;

    public WorkItem Item => item;

    public CancellationToken Lost => source.Token;

    /// <summary>
    /// Tells the step that the item was cancelled or is another's. Its callbacks run on another thread, so that none of them holds up the
    /// loop.
    /// </summary>
    public void Stop()
    {
        lock (gate)
        {
            if (!disposed)
            {
                _ = source.CancelAsync();
            }
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            disposed = true;
            source.Dispose();
        }
    }
}
