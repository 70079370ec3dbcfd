using Cairn.Data.Lifecycle;
using Cairn.Data.SoftDelete;
using Cairn.Kernel.Work.Chores;
using Microsoft.Extensions.Logging;

namespace Cairn.Data.Sweep;

/// <summary>
/// What buckets' settings have the server do by itself: lifecycle rules, and the end of soft-deleted objects. One server of
/// a store does it at a time.
/// </summary>
public sealed partial class BucketSweep(
    LifecycleSweep lifecycle,
    DeletedObjects objects,
    DeletedBuckets buckets,
    ILogger<BucketSweep> logger
) : IChore
{
    public Chore Chore { get; } = new("buckets", TimeSpan.FromHours(1)) { First = TimeSpan.FromMinutes(1) };

    /// <summary>One pass.</summary>
    public async Task<(SweepCount Lifecycle, int Purged)> SweepAsync(CancellationToken cancellation)
    {
        var count = await lifecycle.SweepAsync(cancellation);
        var purged = await objects.PurgeAsync(cancellation);
        await buckets.PurgeAsync(cancellation);
        return (count, purged);
    }

    public async Task RunAsync(CancellationToken cancellation)
    {
        var (count, purged) = await SweepAsync(cancellation);
        if (count != default || purged > 0)
        {
            Log.Swept(logger, count.Deleted, count.Moved, count.Uploads, purged);
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
    }
}
