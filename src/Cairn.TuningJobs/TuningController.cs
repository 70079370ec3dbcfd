using Cairn.Kernel.Database;
using Cairn.Kernel.Hosting;
using Cairn.Kernel.Leases;
using Cairn.TuningJobs.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Cairn.TuningJobs;

/// <summary>
/// Looks after the tuning jobs that have not ended: each takes its steps one after the other, and none waits for another's search. Of many
/// servers one does it, as long as it renews its lease; should two do it for a moment, each step still happens once.
/// </summary>
internal sealed partial class TuningController(
    IDatabase database,
    ILeases leases,
    TuningStep step,
    TuningSignal signal,
    ServerEnvironment server,
    TimeProvider time,
    ILogger<TuningController> logger
) : BackgroundService
{
    private const string Lease = "tuning-jobs";

    private static readonly TimeSpan Hold = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan BusyInterval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan IdleInterval = TimeSpan.FromSeconds(2);

    private readonly Dictionary<string, Task> _steps = [];
    private DateTimeOffset _held = DateTimeOffset.MinValue;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var busy = false;
            try
            {
                busy = await LookAsync(stoppingToken);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                Log.Failed(logger, error);
            }

            await signal.WaitAsync(busy ? BusyInterval : IdleInterval, stoppingToken);
        }
    }

    private async Task<bool> LookAsync(CancellationToken cancellation)
    {
        var active = await database.ReadAsync(TuningJobTable.Active, cancellation);
        if (active.Count == 0 || !await HoldAsync(cancellation))
        {
            return false;
        }

        foreach (var job in active.Where(job => !_steps.TryGetValue(job, out var running) || running.IsCompleted))
        {
            _steps[job] = StepAsync(job, cancellation);
        }

        foreach (
            var ended in _steps.Where(pair => pair.Value.IsCompleted && !active.Contains(pair.Key)).Select(static pair => pair.Key).ToList()
        )
        {
            _steps.Remove(ended);
        }

        return true;
    }

    private async Task StepAsync(string job, CancellationToken cancellation)
    {
        try
        {
            await step.RunAsync(job, cancellation);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            Log.StepFailed(logger, job, error);
        }
    }

    private async Task<bool> HoldAsync(CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        if (_held - now > Hold / 2)
        {
            return true;
        }

        if (!await leases.TryAcquireAsync(Lease, server.ServerId, Hold, cancellation))
        {
            return false;
        }

        _held = now + Hold;
        return true;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Tuning jobs could not be looked after this time.")]
        public static partial void Failed(ILogger logger, Exception error);

        [LoggerMessage(2, LogLevel.Error, "{Job} could not be taken further this time.")]
        public static partial void StepFailed(ILogger logger, string job, Exception error);
    }
}
