using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Cairn.Kernel.Work.Chores;

/// <summary>
/// Runs the chores of this server, each at its own pace: one that takes long or fails holds up no other, and one that fails is run again
/// when it is next due.
/// </summary>
internal sealed partial class ChoreLoop(
    IEnumerable<ServerChore> chores,
    TimeProvider time,
    ILogger<ChoreLoop> logger,
    WorkTelemetry? telemetry = null
) : BackgroundService
{
    private readonly IReadOnlyList<IChore> _chores = [.. chores.Select(static chore => chore.Inner)];

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(_chores.Select(chore => RepeatAsync(chore, stoppingToken)));

    private async Task RepeatAsync(IChore chore, CancellationToken stopping)
    {
        try
        {
            for (var wait = chore.Chore.First; ; wait = chore.Chore.Every)
            {
                await Task.Delay(wait, time, stopping);
                await RunAsync(chore, stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    private async Task RunAsync(IChore chore, CancellationToken stopping)
    {
        // No span: most runs find nothing to do, and would be most of all traces.
        var began = telemetry?.Began(chore.Chore.Kind);
        var outcome = "again";
        try
        {
            await Task.Run(() => chore.RunAsync(stopping), stopping);
        }
        catch (Exception) when (stopping.IsCancellationRequested)
        {
            outcome = "stopped";
            throw new OperationCanceledException(stopping);
        }
        catch (Exception error)
        {
            outcome = "failed";
            Log.Failed(logger, error, chore.Chore.Name);
        }
        finally
        {
            telemetry?.Ended(chore.Chore.Kind, began!.Value, outcome);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The chore {Chore} failed; it is run again when it is next due, and the others go on.")]
        public static partial void Failed(ILogger logger, Exception error, string chore);
    }
}
