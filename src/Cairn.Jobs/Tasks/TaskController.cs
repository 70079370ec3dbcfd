using Cairn.Jobs.Executors;
using Cairn.Jobs.Interop;
using Cairn.Jobs.Limits;
using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Hosting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Cairn.Jobs.Tasks;

/// <summary>Looks after this machine's tasks: claims what is in line, and takes each task further until it has ended.</summary>
internal sealed partial class TaskController(
    IDatabase database,
    TaskTable tasks,
    TaskTransitions transitions,
    TaskDriver driver,
    TaskJanitor janitor,
    LostMachines lostMachines,
    Machine machine,
    RecentTasks recent,
    TaskSignal signal,
    LimitKeeper limits,
    ServerEnvironment server,
    IHostApplicationLifetime lifetime,
    JobsOptions options,
    TimeProvider time,
    ILogger<TaskController> logger
) : BackgroundService
{
    private static readonly TimeSpan SlowInterval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan IdleInterval = TimeSpan.FromSeconds(2);

    private DateTimeOffset _nextSlow = DateTimeOffset.MinValue;
    private int _active;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await lifetime.ApplicationStarted.WhenCancelledAsync(stoppingToken);
        await WriteEndpointAsync(stoppingToken);
        limits.Begin();
        await janitor.EndStraysAsync(stoppingToken);
        while (true)
        {
            try
            {
                await TickAsync(stoppingToken);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                Log.Failed(logger, error);
            }

            await signal.WaitAsync(_active > 0 ? options.PollInterval : IdleInterval, stoppingToken);
        }
    }

    /// <summary>One look at everything. A task whose step fails does not hold up the others.</summary>
    internal async Task TickAsync(CancellationToken cancellation)
    {
        if (time.GetUtcNow() >= _nextSlow)
        {
            _nextSlow = time.GetUtcNow() + SlowInterval;
            await lostMachines.RenewAsync(cancellation);
            await lostMachines.SweepAsync(cancellation);
            await transitions.ExpireAsync(machine.Name, cancellation);
        }

        await janitor.RemoveDeletedAsync(cancellation);
        while (await transitions.ClaimAsync(machine.Name, cancellation) is not null) { }

        var mine = await database.ReadAsync(session => tasks.OfMachine(session, machine.Name), cancellation);
        _active = mine.Count;
        if (_active > 0)
        {
            recent.Saw();
        }

        await Task.WhenAll(mine.Select(task => AdvanceAsync(task, cancellation)));
    }

    private async Task AdvanceAsync(TaskRow task, CancellationToken cancellation)
    {
        try
        {
            await driver.AdvanceAsync(task, cancellation);
        }
        catch (ExecutorAwayException)
        {
            // It has been said where it was noticed; the task stays as it is.
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            Log.TaskFailed(logger, task.Job, error);
        }
    }

    /// <summary>The ports are known a moment after the host has started.</summary>
    private async Task WriteEndpointAsync(CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                machine.WriteEndpoint(options.Endpoint ?? server.HttpUrl());
                return;
            }
            catch (StatusException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), time, cancellation);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Jobs could not be looked after this time.")]
        public static partial void Failed(ILogger logger, Exception error);

        [LoggerMessage(2, LogLevel.Error, "{Job} could not be taken further this time.")]
        public static partial void TaskFailed(ILogger logger, string job, Exception error);
    }
}
