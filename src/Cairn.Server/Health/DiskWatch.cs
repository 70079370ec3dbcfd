using Cairn.Kernel.Files;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Cairn.Server.Health;

/// <summary>Looks once a second how much room the disk has, and says in the log when it is full and when it is not any more.</summary>
internal sealed partial class DiskWatch(DiskReserve reserve, TimeProvider time, ILogger<DiskWatch> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        var wasFull = false;
        do
        {
            try
            {
                reserve.Look();
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                Log.NotLooked(logger, error);
            }

            if (reserve.IsFull != wasFull)
            {
                wasFull = reserve.IsFull;
                if (wasFull)
                {
                    Log.Full(logger);
                }
                else
                {
                    Log.Room(logger);
                }
            }
        } while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private static partial class Log
    {
        [LoggerMessage(
            1,
            LogLevel.Error,
            "The disk of the data folder is full. What would store more is refused until there is room; reading, deletions and the ends of jobs go on in space that was kept back."
        )]
        public static partial void Full(ILogger logger);

        [LoggerMessage(2, LogLevel.Information, "The disk of the data folder has room again.")]
        public static partial void Room(ILogger logger);

        [LoggerMessage(3, LogLevel.Warning, "How much room the disk has could not be found out.")]
        public static partial void NotLooked(ILogger logger, Exception error);
    }
}
