using Cairn.Data.Uploads;
using Cairn.Kernel.Blobs;
using Cairn.Kernel.Database;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Cairn.Data.Objects;

/// <summary>
/// Deletes blobs that no row refers to: what a crash left between a blob's commit and its row's. A blob younger than
/// <see cref="MinimumAge"/> may be on its way to publication and is left alone.
/// </summary>
public sealed partial class GarbageCollector(
    IDatabase database,
    IBlobStore blobs,
    ResumableUploads uploads,
    IEnumerable<IBlobOwner> owners,
    TimeProvider time,
    ILogger<GarbageCollector> logger
) : BackgroundService
{
    /// <summary>How long a finished blob may wait for its row.</summary>
    public static readonly TimeSpan MinimumAge = TimeSpan.FromHours(1);

    private static readonly TimeSpan Interval = TimeSpan.FromHours(6);

    private readonly IBlobOwner[] _owners = [.. owners];

    /// <summary>One pass over all blobs; returns how many were deleted.</summary>
    public async Task<int> CollectAsync(CancellationToken cancellation)
    {
        var limit = time.GetUtcNow() - MinimumAge;
        var deleted = 0;
        await foreach (var (id, modified) in blobs.ListAsync(cancellation))
        {
            if (
                modified < limit
                && !await database.ReadAsync(
                    session => ObjectTable.IsReferenced(session, id) || _owners.Any(owner => owner.Refers(session, id)),
                    cancellation
                )
            )
            {
                await blobs.DeleteAsync(id, cancellation);
                deleted++;
            }
        }

        return deleted;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await PassAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested) { }
    }

    private async Task PassAsync(CancellationToken cancellation)
    {
        try
        {
            var expired = await uploads.ExpireAsync(cancellation);
            var deleted = await CollectAsync(cancellation);
            Log.Collected(logger, deleted, expired);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            Log.Failed(logger, error);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Deleted {Blobs} blobs that nothing refers to, and forgot {Uploads} unfinished uploads.")]
        public static partial void Collected(ILogger logger, int blobs, int uploads);

        [LoggerMessage(2, LogLevel.Error, "Garbage collection of blobs failed; it is tried again.")]
        public static partial void Failed(ILogger logger, Exception error);
    }
}
