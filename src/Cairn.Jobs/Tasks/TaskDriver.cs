using System.Collections.Concurrent;
using Cairn.Jobs.CustomJobs;
using Cairn.Jobs.Executors;
using Cairn.Jobs.Interop;
using Cairn.Jobs.Reports;
using Cairn.Jobs.Usage;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Security;
using Cairn.Kernel.Store;
using Google.Cloud.AIPlatform.V1;
using Google.Rpc;
using Microsoft.Extensions.Logging;

namespace Cairn.Jobs.Tasks;

/// <summary>
/// Takes one task one step further. Every step can be repeated: what has been done is seen in the attempt's folder, so a server that died anywhere goes on
/// from there.
/// </summary>
internal sealed partial class TaskDriver(
    IResourceStore store,
    TaskTransitions transitions,
    TaskRecordFactory records,
    Machine machine,
    ExecutorSet executors,
    ITaskTokens tokens,
    SpoolReader spools,
    UsageReader usage,
    MetricReader metrics,
    Failpoints failpoints,
    JobsOptions options,
    TimeProvider time,
    ILogger<TaskDriver> logger)
{
    private const int MaxStarts = 5;

    /// <summary>How long an agent may take to end its task beyond the task's own grace, before it is killed itself.</summary>
    private static readonly TimeSpan AgentGrace = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<string, int> starts = new();
    private readonly ConcurrentDictionary<string, DateTimeOffset> cancelled = new();

    public async Task AdvanceAsync(TaskRow task, CancellationToken cancellation)
    {
        var attempt = machine.Attempt(task);
        var executor = executors[task.Executor];
        if (task.State == TaskState.Ending)
        {
            await PutAwayAsync(task, attempt, executor, cancellation);
            return;
        }

        if (attempt.ReadTask() is not { } record)
        {
            if (await PrepareAsync(task, attempt, cancellation) is not { } prepared)
            {
                return;
            }

            record = prepared;
        }

        if (task.Cancel)
        {
            attempt.RequestCancel();
        }

        var status = await executor.ObserveAsync(attempt, cancellation);
        switch (status.State)
        {
            case AttemptState.NotStarted:
                await StartAsync(task, attempt, executor, record, cancellation);
                break;
            case AttemptState.Waiting:
                if (task.Cancel)
                {
                    await executor.KillAsync(attempt, cancellation);
                }

                break;
            case AttemptState.Running:
                await RunningAsync(task, attempt, executor, record, cancellation);
                break;
            case AttemptState.Ended:
                await EndedAsync(task, attempt, record, cancellation);
                break;
            case AttemptState.Lost:
                await LostAsync(task, attempt, executor, record, status.Loss, cancellation);
                break;
        }
    }

    /// <summary>Writes the attempt's folder. Its record comes last: while there is none, no agent has been started.</summary>
    private async Task<TaskRecord?> PrepareAsync(TaskRow task, AttemptDirectory attempt, CancellationToken cancellation)
    {
        failpoints.Hit("claimed");
        var job = await store.FindAsync<CustomJob>(CustomJobs.CustomJobs.Kind, task.Job, cancellation);
        if (job is null)
        {
            return null;
        }

        try
        {
            var record = await records.CreateAsync(task, job, cancellation);
            attempt.Create();
            attempt.WriteToken(await tokens.IssueAsync(task.Id, record.Project, cancellation));
            attempt.WriteTask(record);
            failpoints.Hit("prepared");
            return record;
        }
        catch (StatusException e)
        {
            await transitions.EndAsync(task, TaskOutcome.Failed, e.Code, e.Message, time.GetUtcNow(), cancellation);
            return null;
        }
    }

    private async Task StartAsync(TaskRow task, AttemptDirectory attempt, IExecutor executor, TaskRecord record, CancellationToken cancellation)
    {
        if (starts.AddOrUpdate(attempt.Path, 1, (_, count) => count + 1) > MaxStarts)
        {
            var said = File.Exists(attempt.AgentOutput) ? await File.ReadAllTextAsync(attempt.AgentOutput, cancellation) : "";
            Log.NotStarting(logger, task.Job, said);
            await transitions.EndAsync(task, TaskOutcome.Failed, Code.Internal, $"The agent of the executor '{executor.Name}' does not start on this machine. {said[..Math.Min(said.Length, 1000)]}".TrimEnd(), time.GetUtcNow(), cancellation);
            return;
        }

        try
        {
            await executor.StartAsync(attempt, record, cancellation);
            Log.Started(logger, task.Job, task.Attempt, executor.Name);
        }
        catch (Exception e) when (e is IOException or System.ComponentModel.Win32Exception)
        {
            Log.CannotStart(logger, task.Job, e);
        }
        catch (ExecutorAwayException)
        {
            // Not this task's failure: it counts as not tried.
            starts[attempt.Path] = 0;
            throw;
        }
        catch (StatusException e)
        {
            await transitions.EndAsync(task, TaskOutcome.Failed, e.Code, e.Message, time.GetUtcNow(), cancellation);
        }

        failpoints.Hit("started");
    }

    private async Task RunningAsync(TaskRow task, AttemptDirectory attempt, IExecutor executor, TaskRecord record, CancellationToken cancellation)
    {
        await usage.TakeAsync(attempt, record, cancellation);
        await metrics.TakeAsync(task.Job, attempt, record, cancellation);
        if (task.State == TaskState.Starting && attempt.ReadStart() is { } start)
        {
            await transitions.BegunAsync(task, start.Started, cancellation);
            failpoints.Hit("begun");
        }

        // The agent ends the task by itself; this is for an agent that is stuck.
        if (task.Cancel && time.GetUtcNow() - cancelled.GetOrAdd(attempt.Path, _ => time.GetUtcNow()) > options.Grace + AgentGrace)
        {
            Log.Stuck(logger, task.Job);
            await executor.KillAsync(attempt, cancellation);
        }
    }

    private async Task EndedAsync(TaskRow task, AttemptDirectory attempt, TaskRecord record, CancellationToken cancellation)
    {
        var exit = attempt.ReadExit()!;
        if (task.State == TaskState.Starting && await transitions.BegunAsync(task, exit.Started, cancellation) is { } begun)
        {
            task = begun;
        }

        await spools.TakeRestAsync(attempt, record, cancellation);
        await usage.TakeRestAsync(attempt, record, cancellation);
        await metrics.TakeRestAsync(task.Job, attempt, record, cancellation);
        failpoints.Hit("ended");
        await transitions.EndAsync(task, exit.Outcome, (Code)exit.Code, exit.Reason, exit.Ended, cancellation);
        failpoints.Hit("recorded");
        Log.Ended(logger, task.Job, exit.Outcome);
    }

    private async Task LostAsync(TaskRow task, AttemptDirectory attempt, IExecutor executor, TaskRecord record, AttemptLoss? loss, CancellationToken cancellation)
    {
        await executor.CleanAsync(attempt, cancellation);
        await spools.TakeRestAsync(attempt, record, cancellation);
        await usage.TakeRestAsync(attempt, record, cancellation);
        await metrics.TakeRestAsync(task.Job, attempt, record, cancellation);
        failpoints.Hit("lost");
        var job = await store.FindAsync<CustomJob>(CustomJobs.CustomJobs.Kind, task.Job, cancellation);
        var scheduling = job?.JobSpec.Scheduling;
        if (task.Cancel)
        {
            await transitions.EndAsync(task, TaskOutcome.Cancelled, Code.Cancelled, "The job was cancelled.", time.GetUtcNow(), cancellation);
        }
        else if (loss is { Final: true })
        {
            await transitions.EndAsync(task, loss.Outcome, loss.Code, loss.Reason, time.GetUtcNow(), cancellation);
        }
        else if (scheduling is { RestartJobOnWorkerRestart: true, DisableRetries: false } && task.Restarts < options.MaxRestarts)
        {
            Log.Restarting(logger, task.Job, task.Restarts + 1);
            await transitions.RestartAsync(task, cancellation);
        }
        else
        {
            var restarts = task.Restarts > 0 ? $" It had been restarted {task.Restarts} times." : scheduling?.RestartJobOnWorkerRestart == true ? "" : " Set scheduling.restart_job_on_worker_restart to have such a job started again.";
            await transitions.EndAsync(task, TaskOutcome.Failed, Code.Unavailable, $"{loss?.Reason ?? $"The replica {record.Replica} was lost: its machine went down, or its agent was killed."}{restarts}", time.GetUtcNow(), cancellation);
        }
    }

    private async Task PutAwayAsync(TaskRow task, AttemptDirectory attempt, IExecutor executor, CancellationToken cancellation)
    {
        // The agent still removes files after it wrote the exit record.
        if (attempt.IsLocked())
        {
            return;
        }

        await executor.CleanAsync(attempt, cancellation);
        await tokens.RevokeAsync(task.Id, cancellation);
        File.Delete(attempt.TokenFile);
        failpoints.Hit("revoked");
        await transitions.PutAwayAsync(task, cancellation);
        starts.TryRemove(attempt.Path, out _);
        cancelled.TryRemove(attempt.Path, out _);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "{Job}: attempt {Attempt} started by the executor '{Executor}'.")]
        public static partial void Started(ILogger logger, string job, int attempt, string executor);

        [LoggerMessage(2, LogLevel.Information, "{Job} ended: {Outcome}.")]
        public static partial void Ended(ILogger logger, string job, TaskOutcome outcome);

        [LoggerMessage(3, LogLevel.Warning, "{Job} lost its worker, and is restarted (restart {Restart}).")]
        public static partial void Restarting(ILogger logger, string job, int restart);

        [LoggerMessage(4, LogLevel.Error, "{Job}: the agent could not be started.")]
        public static partial void CannotStart(ILogger logger, string job, Exception error);

        [LoggerMessage(5, LogLevel.Error, "{Job}: the agent does not start. It said: {Said}")]
        public static partial void NotStarting(ILogger logger, string job, string said);

        [LoggerMessage(6, LogLevel.Warning, "{Job}: the agent does not end a cancelled task, and is killed.")]
        public static partial void Stuck(ILogger logger, string job);
    }
}
