using Cairn.Jobs.Logs.Blocks;
using Cairn.Kernel.Database;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Cairn.Jobs.Logs;

/// <summary>Deletes entries when they are old, and those of jobs whose run was removed.</summary>
internal sealed partial class LogRetention(
    IDatabase database,
    LogTable table,
    LogBlockTable blocks,
    JobsOptions options,
    TimeProvider time,
    ILogger<LogRetention> logger
) : BackgroundService
{
    private const int Batch = 2000;

    /// <summary>Blocks have up to thousands of lines each, and are some kilobytes.</summary>
    private const int BlockBatch = 200;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan AgeInterval = TimeSpan.FromHours(1);

    private DateTimeOffset _nextAge = DateTimeOffset.MinValue;

    /// <summary>One look at what is to go.</summary>
    internal async Task PassAsync(CancellationToken cancellation)
    {
        while (await database.ReadAsync(table.Discarded, cancellation) is { } job)
        {
            while (
                await database.WriteAsync(session => blocks.DeleteOf(session, job.Project, job.Job, BlockBatch), cancellation) >= BlockBatch
            ) { }

            while (await database.WriteAsync(session => table.DeleteDiscarded(session, job.Project, job.Job, Batch), cancellation)) { }
        }

        if (time.GetUtcNow() >= _nextAge)
        {
            var (before, beforeOfJobs) = (
                LogTimes.Of(time.GetUtcNow() - options.LogRetention),
                LogTimes.Of(time.GetUtcNow() - options.JobLogRetention)
            );
            while (await database.WriteAsync(session => table.DeleteBefore(session, before, beforeOfJobs, Batch), cancellation) >= Batch)
            { }

            while (
                await database.WriteAsync(session => blocks.DeleteBefore(session, Math.Min(before, beforeOfJobs), BlockBatch), cancellation)
                >= BlockBatch
            ) { }

            _nextAge = time.GetUtcNow() + AgeInterval;
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            try
            {
                await PassAsync(stoppingToken);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                Log.Failed(logger, error);
            }
        } while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Old log entries could not be deleted; trying again soon.")]
        public static partial void Failed(ILogger logger, Exception error);
    }
}
