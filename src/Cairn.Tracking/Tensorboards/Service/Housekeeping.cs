using Cairn.Kernel.Database;
using Cairn.Tracking.Tensorboards.Points;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Cairn.Tracking.Tensorboards.Service;

/// <summary>Deletes blobs whose rows are gone, and writes down who read what.</summary>
internal sealed partial class Housekeeping(IDatabase database, BlobShelf shelf, Usage usage, TimeProvider time, ILogger<Housekeeping> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    /// <summary>One pass.</summary>
    public async Task PassAsync(CancellationToken cancellation)
    {
        await usage.FlushAsync(cancellation).ConfigureAwait(false);
        foreach (var (id, bucket, prefix) in await database.ReadAsync(GarbageTable.Next, cancellation).ConfigureAwait(false))
        {
            await shelf.DeleteAsync(bucket, prefix, cancellation).ConfigureAwait(false);
            await database.WriteAsync(
                session =>
                {
                    GarbageTable.Remove(session, id);
                    return true;
                },
                cancellation).ConfigureAwait(false);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
            {
                try
                {
                    await PassAsync(stoppingToken).ConfigureAwait(false);
                }
                catch (Exception error) when (error is not OperationCanceledException)
                {
                    Log.Failed(logger, error);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Blobs of deleted time series could not be deleted; it is tried again.")]
        public static partial void Failed(ILogger logger, Exception error);
    }
}
