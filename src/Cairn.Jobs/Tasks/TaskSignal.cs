namespace Cairn.Jobs.Tasks;

/// <summary>Wakes the controller before its next look.</summary>
internal sealed class TaskSignal
{
    private readonly SemaphoreSlim _semaphore = new(0, 1);

    public void Set()
    {
        try
        {
            _semaphore.Release();
        }
        catch (SemaphoreFullException)
        {
            // It is set already.
        }
    }

    /// <summary>Waits for the signal, but no longer than this.</summary>
    public Task WaitAsync(TimeSpan limit, CancellationToken cancellation) => _semaphore.WaitAsync(limit, cancellation);
}
