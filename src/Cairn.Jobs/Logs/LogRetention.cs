using Cairn.Kernel.Database;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Cairn.Jobs.Logs;

/// <summary>Deletes entries when they are old.</summary>
internal sealed partial class LogRetention(IDatabase database, LogTable table, JobsOptions options, TimeProvider time, ILogger<LogRetention> logger) : BackgroundService
{
    private const int Batch = 2000;
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            try
            {
                var before = LogTimes.Of(time.GetUtcNow() - options.LogRetention);
                while (await database.WriteAsync(session => table.DeleteBefore(session, before, Batch), stoppingToken) == Batch)
                {
                }
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                Log.Failed(logger, error);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Old log entries could not be deleted; trying again in an hour.")]
        public static partial void Failed(ILogger logger, Exception error);
    }
}
