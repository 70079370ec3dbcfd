using Cairn.Jobs.CustomJobs;
using Cairn.Jobs.Logs;
using Cairn.Jobs.Logs.Blocks;
using Cairn.Kernel.Store;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;

namespace Cairn.Jobs.Tasks;

/// <summary>
/// The steps of the state machine: each one transaction over the task and its job, and each doing nothing where it has been done.
/// </summary>
internal sealed class TaskTransitions(
    IResourceStore store,
    TaskTable tasks,
    TaskLine line,
    JobLineage lineage,
    UnpackedLogs unpacked,
    TaskTelemetry telemetry,
    TimeProvider time
)
{
    /// <summary>Gives free slots and accelerators of a machine to tasks in line; returns what was claimed.</summary>
    public Task<TaskRow?> ClaimAsync(string machine, CancellationToken cancellation) =>
        store.WriteAsync(
            session =>
            {
                if (line.Next(session, machine) is not { } next)
                {
                    return null;
                }

                var claimed = next with
                {
                    State = TaskState.Starting,
                    Machine = machine,
                    Attempt = next.Attempt + 1,
                    Reserved = null,
                    Accelerators = line.Assign(session, machine, next),
                };
                tasks.Update(session, claimed);
                if (store.Find<CustomJob>(session, CustomJobs.CustomJobs.Kind, next.Job) is { } job)
                {
                    job.State = JobState.Pending;
                    store.Update(session, CustomJobs.CustomJobs.Kind, job);
                    lineage.Write(session, job);
                }

                return claimed;
            },
            cancellation
        );

    /// <summary>Records that the attempt's agent has begun.</summary>
    public async Task<TaskRow?> BegunAsync(TaskRow task, DateTimeOffset started, CancellationToken cancellation)
    {
        var changed = await ChangeAsync(
            task,
            (row, job) =>
            {
                if (row.State != TaskState.Starting)
                {
                    return null;
                }

                job.State = row.Cancel ? JobState.Cancelling : JobState.Running;
                job.StartTime ??= started.ToTimestamp();
                return row with { State = TaskState.Running, Started = row.Started ?? started };
            },
            cancellation
        );
        if (changed is not null)
        {
            telemetry.Begun(changed);
        }

        return changed;
    }

    /// <summary>Begins a lost task anew, with its next attempt.</summary>
    public Task<TaskRow?> RestartAsync(TaskRow task, CancellationToken cancellation) =>
        ChangeAsync(
            task,
            (row, job) =>
            {
                job.State = JobState.Pending;
                return row with { State = TaskState.Starting, Attempt = row.Attempt + 1, Restarts = row.Restarts + 1 };
            },
            cancellation
        );

    /// <summary>Gives the job its end.</summary>
    public async Task<TaskRow?> EndAsync(
        TaskRow task,
        TaskOutcome outcome,
        Code code,
        string reason,
        DateTimeOffset ended,
        CancellationToken cancellation
    )
    {
        var changed = await ChangeAsync(
            task,
            (row, job) =>
            {
                job.State = outcome switch
                {
                    TaskOutcome.Succeeded => JobState.Succeeded,
                    TaskOutcome.Cancelled => JobState.Cancelled,
                    _ => JobState.Failed,
                };
                job.EndTime = ended.ToTimestamp();
                job.Error = outcome == TaskOutcome.Succeeded ? null : new Google.Rpc.Status { Code = (int)code, Message = reason };
                return row with { State = row.State == TaskState.Queued ? TaskState.Done : TaskState.Ending };
            },
            cancellation
        );
        if (changed is not null)
        {
            telemetry.Ended(changed, outcome, ended);
        }

        return changed;
    }

    /// <summary>Records that nothing is left to do.</summary>
    public Task PutAwayAsync(TaskRow task, CancellationToken cancellation) =>
        store.WriteAsync(
            session =>
            {
                if (tasks.Find(session, task.Id) is { State: TaskState.Ending } row)
                {
                    tasks.Update(session, row with { State = TaskState.Done });
                    unpacked.Add(session, LogTimes.Of(time.GetUtcNow() + LogPacking.Rest), CustomJobName.Parse(row.Job).Project, row.Id);
                }

                return true;
            },
            cancellation
        );

    /// <summary>Ends jobs that have been in line longer than they allow, and those that no machine has enough for any more.</summary>
    public async Task ExpireAsync(string machine, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var (queued, others) = await store.WriteAsync(
            session => (tasks.Queued(session), tasks.OtherMachines(session, machine)),
            cancellation
        );
        foreach (var task in queued)
        {
            if (others.Count == 0 && line.Obstacle(task) is { } obstacle)
            {
                await EndAsync(task, TaskOutcome.Failed, Code.FailedPrecondition, obstacle, now, cancellation);
                continue;
            }

            var job = await store.FindAsync<CustomJob>(CustomJobs.CustomJobs.Kind, task.Job, cancellation);
            if (
                job?.JobSpec.Scheduling?.MaxWaitDuration is { } limit
                && limit.Seconds + limit.Nanos > 0
                && now - task.Enqueued > TimeSpan.FromSeconds(Math.Min(limit.Seconds, 9e11))
            )
            {
                await EndAsync(
                    task,
                    TaskOutcome.Failed,
                    Code.ResourceExhausted,
                    $"The job waited for a free slot longer than the {limit.Seconds} s that scheduling.max_wait_duration allows.",
                    now,
                    cancellation
                );
            }
        }
    }

    /// <summary>
    /// Applies a change unless the task has moved on since it was read; returns what is stored now, or null where nothing was changed.
    /// </summary>
    private Task<TaskRow?> ChangeAsync(TaskRow task, Func<TaskRow, CustomJob, TaskRow?> change, CancellationToken cancellation) =>
        store.WriteAsync(
            session =>
            {
                if (
                    tasks.Find(session, task.Id) is not { } row
                    || row.State is TaskState.Ending or TaskState.Done
                    || row.Attempt != task.Attempt
                    || store.Find<CustomJob>(session, CustomJobs.CustomJobs.Kind, row.Job) is not { } job
                    || change(row, job) is not { } changed
                )
                {
                    return null;
                }

                tasks.Update(session, changed);
                lineage.TellEarlyStop(session, job);
                store.Update(session, CustomJobs.CustomJobs.Kind, job);
                lineage.Write(session, job);
                return changed;
            },
            cancellation
        );
}
