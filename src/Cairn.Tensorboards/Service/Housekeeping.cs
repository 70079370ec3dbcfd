using Cairn.Kernel.Database;
using Cairn.Tensorboards.Points;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Cairn.Tensorboards.Service;

/// <summary>Deletes blobs whose rows are gone, and writes down who read what.</summary>
internal sealed partial class Housekeeping(
    IDatabase database,
    BlobShelf shelf,
    Usage usage,
    TimeProvider time,
    ILogger<Housekeeping> logger
) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    /// <summary>One pass.</summary>
    public async Task PassAsync(CancellationToken cancellation)
    {
        await usage.FlushAsync(cancellation);
        foreach (var (id, bucket, prefix) in await database.ReadAsync(GarbageTable.Next, cancellation))
        {
            await shelf.DeleteAsync(bucket, prefix, cancellation);
            await database.WriteAsync(
                session =>
                {
                    GarbageTable.Remove(session, id);
                    return true;
                },
                cancellation
            );
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                try
                {
                    await PassAsync(stoppingToken);
                }
                catch (Exception error) when (error is not OperationCanceledException)
                {
                    Log.Failed(logger, error);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested) { }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Blobs of deleted time series could not be deleted; it is tried again.")]
        public static partial void Failed(ILogger logger, Exception error);
    }
}
