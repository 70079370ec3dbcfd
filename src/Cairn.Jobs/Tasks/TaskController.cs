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
    AttemptWatch watch,
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
    private CancellationToken _stopping;

    private TaskSteps Steps => field ??= new TaskSteps(StepAsync);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await lifetime.ApplicationStarted.WhenCancelledAsync(stoppingToken);
        await WriteEndpointAsync(stoppingToken);
        limits.Begin();
        await janitor.EndStraysAsync(stoppingToken);
        _stopping = stoppingToken;
        watch.Heard = task => _ = Steps.Take(task);
        try
        {
            while (true)
            {
                try
                {
                    await LookAsync(stoppingToken);
                }
                catch (Exception error) when (error is not OperationCanceledException)
                {
                    Log.Failed(logger, error);
                }

                await signal.WaitAsync(_active > 0 ? options.PollInterval : IdleInterval, stoppingToken);
            }
        }
        finally
        {
            watch.Heard = null;
            await Steps.WhenIdleAsync();
        }
    }

    /// <summary>One look at everything, and all the steps that it led to.</summary>
    internal async Task TickAsync(CancellationToken cancellation)
    {
        await LookAsync(cancellation);
        await Steps.WhenIdleAsync();
    }

    /// <summary>
    /// One look at everything. A task whose step takes long, or fails, does not hold up the others.
    /// </summary>
    private async Task LookAsync(CancellationToken cancellation)
    {
        if (time.GetUtcNow() >= _nextSlow)
        {
            _nextSlow = time.GetUtcNow() + SlowInterval;
            await lostMachines.RenewAsync(cancellation);
            await lostMachines.SweepAsync(cancellation);
            await transitions.ExpireAsync(machine.Name, cancellation);
        }

        await janitor.RemoveDeletedAsync(cancellation);
        await ClaimAsync(cancellation);
        var mine = await database.ReadAsync(session => tasks.OfMachine(session, machine.Name), cancellation);
        _active = mine.Count;
        if (_active > 0)
        {
            recent.Saw();
        }

        foreach (var task in mine)
        {
            _ = Steps.Take(task.Id);
        }
    }

    /// <summary>Starts what is in line and has room.</summary>
    private async Task ClaimAsync(CancellationToken cancellation)
    {
        while (
            await database.ReadAsync(tasks.AnyQueued, cancellation)
            && await transitions.ClaimAsync(machine.Name, cancellation) is { } claimed
        )
        {
            _ = Steps.Take(claimed.Id);
        }
    }

    private async Task StepAsync(string id)
    {
        var cancellation = _stopping;
        try
        {
            if (await FindAsync(id, cancellation) is not { } task)
            {
                return;
            }

            await driver.AdvanceAsync(task, cancellation);
            if (await FindAsync(id, cancellation) is var now && now?.State != task.State && now is null or { State: TaskState.Ending })
            {
                // Its slots are free, and its accelerators once it is put away: the next in line need not wait for the next look.
                await ClaimAsync(cancellation);
            }
        }
        catch (ExecutorAwayException)
        {
            // It has been said where it was noticed; the task stays as it is.
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The server ends; the task is found again by its record.
        }
        catch (Exception error)
        {
            Log.TaskFailed(logger, id, error);
        }
    }

    /// <summary>A task that this machine has to look after, or null.</summary>
    private async Task<TaskRow?> FindAsync(string id, CancellationToken cancellation) =>
        await database.ReadAsync(session => tasks.Find(session, id), cancellation) is { } row
        && row.Machine == machine.Name
        && row.State is not (TaskState.Queued or TaskState.Done)
            ? row
            : null;

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

        [LoggerMessage(2, LogLevel.Error, "The task {Task} could not be taken further this time.")]
        public static partial void TaskFailed(ILogger logger, string task, Exception error);
    }
}
