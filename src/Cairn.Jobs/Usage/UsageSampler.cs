using Cairn.Jobs.Tasks;

namespace Cairn.Jobs.Usage;

/// <summary>
/// Samples a task while it runs: soon after its start, so that short tasks have a sample as well, then every ten seconds, and when it has
/// ended. Samples go to a file of the attempt, where the server takes them, now or when it is there again.
/// </summary>
internal sealed class UsageSampler(AttemptDirectory directory, TaskRecord record, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan[] First = [TimeSpan.FromMilliseconds(150), TimeSpan.FromSeconds(1)];

    private readonly UsageMeter _meter = new(Environment.ProcessId, directory.Path, time);
    private long _step = record.FirstSample;

    /// <summary>Samples until cancelled, which the task's end does.</summary>
    public async Task FollowAsync(CancellationToken cancellation)
    {
        foreach (var pause in First)
        {
            await Task.Delay(pause, time, cancellation);
            await TakeAsync(ended: false, cancellation);
        }

        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(cancellation))
        {
            await TakeAsync(ended: false, cancellation);
        }
    }

    /// <summary>The last sample.</summary>
    public Task CompleteAsync(CancellationToken cancellation) => TakeAsync(ended: true, cancellation);

    private async Task TakeAsync(bool ended, CancellationToken cancellation)
    {
        try
        {
            var metrics = await _meter.ReadAsync(ended, cancellation);
            UsageSpool.Append(
                directory.UsageSpool,
                new UsageSample(_step++, (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond, metrics)
            );
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A full disk: the task is worth more than its measurements.
        }
    }
}
