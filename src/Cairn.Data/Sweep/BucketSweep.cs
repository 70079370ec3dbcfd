using Cairn.Data.Lifecycle;
using Cairn.Data.SoftDelete;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Cairn.Data.Sweep;

/// <summary>
/// What buckets' settings have the server do by itself: lifecycle rules, and the end of soft-deleted objects. Every server of a store does
/// it; what one has done the others find done.
/// </summary>
public sealed partial class BucketSweep(
    LifecycleSweep lifecycle,
    DeletedObjects objects,
    DeletedBuckets buckets,
    TimeProvider time,
    ILogger<BucketSweep> logger
) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    // A server that is started again and again must not put the first pass off for ever.
    private static readonly TimeSpan FirstAfter = TimeSpan.FromMinutes(1);

    /// <summary>One pass.</summary>
    public async Task<(SweepCount Lifecycle, int Purged)> SweepAsync(CancellationToken cancellation)
    {
        var count = await lifecycle.SweepAsync(cancellation);
        var purged = await objects.PurgeAsync(cancellation);
        await buckets.PurgeAsync(cancellation);
        return (count, purged);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await Task.Delay(FirstAfter, time, stoppingToken);
            using var timer = new PeriodicTimer(Interval, time);
            do
            {
                await PassAsync(stoppingToken);
            } while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested) { }
    }

    private async Task PassAsync(CancellationToken cancellation)
    {
        try
        {
            var (count, purged) = await SweepAsync(cancellation);
            if (count != default || purged > 0)
            {
                Log.Swept(logger, count.Deleted, count.Moved, count.Uploads, purged);
            }
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            Log.Failed(logger, error);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            1,
            LogLevel.Information,
            "By the buckets' settings {Deleted} objects were deleted, {Moved} got another storage class, {Uploads} uploads were ended, and {Purged} soft-deleted objects went for good."
        )]
        public static partial void Swept(ILogger logger, int deleted, int moved, int uploads, int purged);

        [LoggerMessage(2, LogLevel.Error, "The buckets' lifecycle rules could not be carried out; it is tried again.")]
        public static partial void Failed(ILogger logger, Exception error);
    }
}
