namespace Cairn.Kernel.Work;

/// <summary>Tells this server's loop that there may be something to do.</summary>
public sealed class WorkSignal
{
    private readonly SemaphoreSlim _pending = new(0, 1);
    private readonly Lock _gate = new();

    public void Pulse()
    {
        lock (_gate)
        {
            if (_pending.CurrentCount == 0)
            {
                _pending.Release();
            }
        }
    }

    /// <summary>Returns at the next pulse since the last call, or after a while.</summary>
    internal Task WaitAsync(TimeSpan longest, CancellationToken cancellation) => _pending.WaitAsync(longest, cancellation);
}
