namespace Cairn.Kernel.Operations;

/// <summary>Wakes the runner, and everyone who waits for some operation's end.</summary>
public sealed class OperationSignal
{
    private readonly Lock gate = new();

    private TaskCompletionSource next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>A task that ends at the next pulse. Take it before looking at the state that it announces.</summary>
    public Task Next
    {
        get
        {
            lock (gate)
            {
                return next.Task;
            }
        }
    }

    public void Pulse()
    {
        TaskCompletionSource fired;
        lock (gate)
        {
            fired = next;
            next = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        fired.SetResult();
    }
}
