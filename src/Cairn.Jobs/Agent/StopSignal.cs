namespace Cairn.Jobs.Agent;

internal enum StopReason
{
    Cancelled,
    TimedOut,

    /// <summary>The machine wants the agent to end: it shuts down, or its scheduler takes it for another job.</summary>
    Interrupted,
}

/// <summary>Fires when the server wants the task to end, which it says by a file, or when the task's time is up.</summary>
internal sealed class StopSignal : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private readonly CancellationTokenSource _source = new();
    private readonly ITimer _timer;
    private readonly Lock _gate = new();

    public StopSignal(string cancelFile, TimeSpan timeout, TimeProvider time)
    {
        var start = time.GetTimestamp();
        _timer = time.CreateTimer(
            _ =>
            {
                if (File.Exists(cancelFile))
                {
                    Stop(StopReason.Cancelled);
                }
                else if (time.GetElapsedTime(start) >= timeout)
                {
                    Stop(StopReason.TimedOut);
                }
            },
            null,
            TimeSpan.Zero,
            Interval
        );
    }

    /// <summary>Null until it fires.</summary>
    public StopReason? Reason { get; private set; }

    public CancellationToken Token => _source.Token;

    /// <summary>Fires because the agent itself was asked to end.</summary>
    public void Interrupt() => Stop(StopReason.Interrupted);

    public void Dispose() => _timer.Dispose();

    private void Stop(StopReason reason)
    {
        lock (_gate)
        {
            if (Reason is not null)
            {
                return;
            }

            Reason = reason;
        }

        _timer.Dispose();
        _source.Cancel();
    }
}
