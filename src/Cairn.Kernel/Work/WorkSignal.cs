namespace Cairn.Kernel.Work;

/// <summary>Tells this server's loop that there may be something to do.</summary>
public sealed class WorkSignal
{
    private readonly SemaphoreSlim pending = new(0, 1);
    private readonly Lock gate = new();

    public void Pulse()
    {
        lock (gate)
        {
            if (pending.CurrentCount == 0)
            {
                pending.Release();
            }
        }
    }

    /// <summary>Returns at the next pulse since the last call, or after a while.</summary>
    internal Task WaitAsync(TimeSpan longest, CancellationToken cancellation) => pending.WaitAsync(longest, cancellation);
}
