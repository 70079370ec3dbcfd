namespace Cairn.Kernel.Operations;

/// <summary>Wakes everyone who waits for the end of some operation.</summary>
public sealed class OperationSignal
{
    private readonly Lock _gate = new();

    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>A task that ends at the next pulse. Take it before looking at the state that it announces.</summary>
    public Task Next
    {
        get
        {
            lock (_gate)
            {
                return _next.Task;
            }
        }
    }

    public void Pulse()
    {
        TaskCompletionSource fired;
        lock (_gate)
        {
            fired = _next;
            _next = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        fired.SetResult();
    }
}
