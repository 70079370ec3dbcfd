using Cairn.Kernel.Errors;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Cairn.Tracking.Metrics.Cold;

/// <summary>Moves metrics to column files in the background.</summary>
internal sealed partial class CompactionLoop(MetricCompactor compactor, TimeProvider time, ILogger<CompactionLoop> logger)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

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
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    private async Task PassAsync(CancellationToken cancellation)
    {
        try
        {
            var done = await compactor.CompactAsync(cancellation);
            if (done > 0)
            {
                Log.Done(logger, done);
            }
        }
        catch (StatusException error) when (error.Code == Google.Rpc.Code.Aborted)
        {
            // The run is being written to by several servers; the next pass tries again.
            Log.Busy(logger, error);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            Log.Failed(logger, error);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "Put the metrics of {Moves} runs into column files.")]
        public static partial void Done(ILogger logger, int moves);

        [LoggerMessage(2, LogLevel.Debug, "A run was too busy for its metrics to be put into a column file; it is tried again.")]
        public static partial void Busy(ILogger logger, Exception error);

        [LoggerMessage(
            3,
            LogLevel.Error,
            "Metrics could not be put into column files; it is tried again. What was logged stays where it is."
        )]
        public static partial void Failed(ILogger logger, Exception error);
    }
}
