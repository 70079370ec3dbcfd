using System.Collections.Concurrent;
using Cairn.Jobs.Executors;
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
/// Takes one task one step further. Every step can be repeated: what has been done is seen in the attempt's folder, so a server that died
/// anywhere goes on from there.
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
    AttemptWatch watch,
    Failpoints failpoints,
    JobsOptions options,
    TimeProvider time,
    ILogger<TaskDriver> logger
)
{
    private const int MaxStarts = 5;
    private const int MaxSaid = 1 << 20;

    /// <summary>How long an agent may take to end its task beyond the task's own grace, before it is killed itself.</summary>
    private static readonly TimeSpan AgentGrace = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<string, int> _starts = new();
    private readonly ConcurrentDictionary<string, DateTimeOffset> _stopped = new();

    /// <summary>Why an agent could not even be started the last time.</summary>
    private readonly ConcurrentDictionary<string, string> _obstacles = new();

    public async Task AdvanceAsync(TaskRow task, CancellationToken cancellation)
    {
        var directory = machine.Attempt(task);
        var executor = executors[task.Executor];
        var gang = directory.Read();
        if (task.State == TaskState.Ending)
        {
            await PutAwayAsync(task, gang, executor, cancellation);
            return;
        }

        gang ??= await PrepareAsync(task, directory, cancellation);
        if (gang is null)
        {
            return;
        }

        if (task.Cancel)
        {
            gang.RequestStop();
        }

        // Before the look, so that nothing falls between the two.
        watch.Follow(task.Id, gang);
        var states = await executor.ObserveAsync(gang, cancellation);
        var verdict = GangVerdict.Of(gang, states, task.Cancel);
        if (verdict is { End: GangEnd.Failed })
        {
            // What fails because another is lost may be seen before that one is.
            states = await executor.ObserveAsync(gang, cancellation);
            verdict = GangVerdict.Of(gang, states, task.Cancel) ?? verdict;
        }

        if (verdict is null)
        {
            await GoOnAsync(task, gang, executor, states, cancellation);
        }
        else if (GangVerdict.IsOver(gang, states))
        {
            await EndAsync(task, gang, executor, verdict, cancellation);
        }
        else
        {
            await StopAsync(task, gang, executor, states, verdict, cancellation);
        }
    }

    /// <summary>Writes the attempt's folder.</summary>
    private async Task<Gang?> PrepareAsync(TaskRow task, GangDirectory directory, CancellationToken cancellation)
    {
        failpoints.Hit("claimed");
        var job = await store.FindAsync<CustomJob>(CustomJobs.CustomJobs.Kind, task.Job, cancellation);
        if (job is null)
        {
            return null;
        }

        try
        {
            var created = await records.CreateAsync(task, job, cancellation);
            var gang = directory.Write(task.Executor, created, await tokens.IssueAsync(task.Id, created[0].Project, cancellation));
            failpoints.Hit("prepared");
            return gang;
        }
        catch (StatusException e)
        {
            await transitions.EndAsync(task, TaskOutcome.Failed, e.Code, e.Message, time.GetUtcNow(), cancellation);
            return null;
        }
    }

    private async Task GoOnAsync(
        TaskRow task,
        Gang gang,
        IExecutor executor,
        IReadOnlyList<AttemptStatus> states,
        CancellationToken cancellation
    )
    {
        if (states.Any(static status => status.State == AttemptState.NotStarted))
        {
            await StartAsync(task, gang, executor, cancellation);
        }

        await TakeMeasuredAsync(task, gang, cancellation);
        await BegunAsync(task, gang, cancellation);
    }

    private async Task StartAsync(TaskRow task, Gang gang, IExecutor executor, CancellationToken cancellation)
    {
        if (_starts.AddOrUpdate(gang.Directory.Path, 1, (_, count) => count + 1) > MaxStarts)
        {
            var said = Said(gang) is { Length: > 0 } words ? words : _obstacles.GetValueOrDefault(gang.Directory.Path, "");
            Log.NotStarting(logger, task.Job, said);
            gang.RequestStop();
            await transitions.EndAsync(
                task,
                TaskOutcome.Failed,
                Code.Internal,
                $"The agent of the executor '{executor.Name}' does not start on this machine. {said[..Math.Min(said.Length, 1000)]}".TrimEnd(),
                time.GetUtcNow(),
                cancellation
            );
            return;
        }

        try
        {
            await executor.StartAsync(gang, cancellation);
            Log.Started(logger, task.Job, task.Attempt, executor.Name);
        }
        catch (Exception e) when (e is IOException or System.ComponentModel.Win32Exception)
        {
            Log.CannotStart(logger, task.Job, e);
            _obstacles[gang.Directory.Path] = e.Message;
        }
        catch (ExecutorAwayException)
        {
            // Not this task's failure: it counts as not tried.
            _starts[gang.Directory.Path] = 0;
            throw;
        }
        catch (StatusException e)
        {
            gang.RequestStop();
            await transitions.EndAsync(task, TaskOutcome.Failed, e.Code, e.Message, time.GetUtcNow(), cancellation);
        }

        failpoints.Hit("started");
    }

    /// <summary>What the agents that have not begun have printed.</summary>
    private static string Said(Gang gang)
    {
        var said = "";
        foreach (
            var replica in gang.Replicas.Where(static replica =>
                !File.Exists(replica.Directory.StartFile) && File.Exists(replica.Directory.AgentOutput)
            )
        )
        {
            said += System.Text.Encoding.UTF8.GetString(UntrustedFolder.ReadFile(replica.Directory.AgentOutput, MaxSaid) ?? []);
        }

        return said;
    }

    /// <summary>A job runs from when all its replicas do.</summary>
    /// <returns>The task as it is now.</returns>
    private async Task<TaskRow> BegunAsync(TaskRow task, Gang gang, CancellationToken cancellation)
    {
        if (task.State != TaskState.Starting)
        {
            return task;
        }

        var begun = gang.Replicas.Select(static replica => replica.Directory.ReadStart()?.Started).ToList();
        if (begun.Contains(null))
        {
            return task;
        }

        var changed = await transitions.BegunAsync(task, begun.Max()!.Value, cancellation);
        failpoints.Hit("begun");
        return changed ?? task;
    }

    /// <summary>The job is decided, and some replicas are still there: they are asked to end.</summary>
    private async Task StopAsync(
        TaskRow task,
        Gang gang,
        IExecutor executor,
        IReadOnlyList<AttemptStatus> states,
        GangVerdict verdict,
        CancellationToken cancellation
    )
    {
        var reason = verdict.End switch
        {
            GangEnd.Succeeded => "The chief and all workers have completed; this replica is ended.",
            GangEnd.Failed => $"The replica {verdict.Replica.Record.Replica} failed; this replica is ended.",
            GangEnd.Lost => $"The replica {verdict.Replica.Record.Replica} was lost; this replica is ended.",
            _ => "",
        };
        foreach (var (replica, status) in gang.Replicas.Zip(states).Where(static pair => !pair.Second.IsOver))
        {
            replica.Directory.RequestStop(reason);
        }

        await TakeMeasuredAsync(task, gang, cancellation);
        await BegunAsync(task, gang, cancellation);
        failpoints.Hit("stopping");

        // The agents end their programs by themselves. What has not got as far as that is withdrawn; and an agent may be stuck.
        if (states.All(static status => status.State is AttemptState.NotStarted or AttemptState.Waiting))
        {
            await executor.KillAsync(gang, cancellation);
        }
        else if (time.GetUtcNow() - _stopped.GetOrAdd(gang.Directory.Path, _ => time.GetUtcNow()) > options.Grace + AgentGrace)
        {
            Log.Stuck(logger, task.Job);
            await executor.KillAsync(gang, cancellation);
        }
    }

    /// <summary>All replicas are over.</summary>
    private async Task EndAsync(TaskRow task, Gang gang, IExecutor executor, GangVerdict verdict, CancellationToken cancellation)
    {
        task = await BegunAsync(task, gang, cancellation);
        if (verdict.End == GangEnd.Lost)
        {
            watch.Forget(gang);
            await executor.CleanAsync(gang, cancellation);
        }

        await TakeRestAsync(task, gang, cancellation);
        if (verdict.End == GangEnd.Lost)
        {
            await LostAsync(task, verdict, cancellation);
            return;
        }

        failpoints.Hit("ended");
        var outcome = verdict.End switch
        {
            GangEnd.Succeeded => TaskOutcome.Succeeded,
            GangEnd.Cancelled => TaskOutcome.Cancelled,
            _ => TaskOutcome.Failed,
        };
        await transitions.EndAsync(task, outcome, verdict.Code, verdict.Reason, verdict.Ended ?? time.GetUtcNow(), cancellation);
        failpoints.Hit("recorded");
        Log.Ended(logger, task.Job, outcome);
    }

    private async Task LostAsync(TaskRow task, GangVerdict verdict, CancellationToken cancellation)
    {
        failpoints.Hit("lost");
        var job = await store.FindAsync<CustomJob>(CustomJobs.CustomJobs.Kind, task.Job, cancellation);
        var scheduling = job?.JobSpec.Scheduling;
        if (verdict.Loss is { Final: true } loss)
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
            var restarts =
                task.Restarts > 0 ? $" It had been restarted {task.Restarts} times."
                : scheduling?.RestartJobOnWorkerRestart == true ? ""
                : " Set scheduling.restart_job_on_worker_restart to have such a job started again.";
            await transitions.EndAsync(task, TaskOutcome.Failed, verdict.Code, verdict.Reason + restarts, time.GetUtcNow(), cancellation);
        }
    }

    /// <param name="gang">Null where it was never prepared.</param>
    private async Task PutAwayAsync(TaskRow task, Gang? gang, IExecutor executor, CancellationToken cancellation)
    {
        // An agent still removes files after it wrote the exit record.
        if (gang?.IsLocked() == true)
        {
            return;
        }

        if (gang is not null)
        {
            watch.Forget(gang);

            // Of a gang that could not be started as a whole, some replicas ended after their job.
            await TakeRestAsync(task, gang, cancellation);
            await executor.CleanAsync(gang, cancellation);
        }

        await tokens.RevokeAsync(task.Id, cancellation);
        foreach (var replica in gang?.Replicas ?? [])
        {
            File.Delete(replica.Directory.TokenFile);
        }

        failpoints.Hit("revoked");
        await transitions.PutAwayAsync(task, cancellation);
        _starts.TryRemove(machine.Attempt(task).Path, out _);
        _stopped.TryRemove(machine.Attempt(task).Path, out _);
        _obstacles.TryRemove(machine.Attempt(task).Path, out _);
    }

    /// <summary>What the replicas printed, used and reported, and could not deliver themselves.</summary>
    private async Task TakeRestAsync(TaskRow task, Gang gang, CancellationToken cancellation)
    {
        foreach (var replica in gang.Replicas)
        {
            await Task.WhenAll(
                spools.TakeRestAsync(replica.Directory, replica.Record, cancellation),
                usage.TakeRestAsync(replica.Directory, replica.Record, cancellation),
                metrics.TakeRestAsync(task.Job, replica.Directory, replica.Record, cancellation)
            );
        }
    }

    /// <summary>What the replicas used and reported so far.</summary>
    private async Task TakeMeasuredAsync(TaskRow task, Gang gang, CancellationToken cancellation)
    {
        foreach (var replica in gang.Replicas)
        {
            await usage.TakeAsync(replica.Directory, replica.Record, cancellation);
            await metrics.TakeAsync(task.Job, replica.Directory, replica.Record, cancellation);
        }
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

        [LoggerMessage(6, LogLevel.Warning, "{Job}: an agent does not end a task that it was asked to end, and is killed.")]
        public static partial void Stuck(ILogger logger, string job);
    }
}
