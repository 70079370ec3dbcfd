using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Store;
using Cairn.Kernel.Work;
using Cairn.Tuning;
using Cairn.TuningJobs.Storage;
using Cairn.TuningJobs.Trials;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Logging;

namespace Cairn.TuningJobs;

/// <summary>
/// Takes tuning jobs further: work whose key is the job's name, woken when a trial reports or ends. What has been done stands in the
/// tables, each part of a step can be repeated, and so a server that died anywhere goes on from there; a trial is begun in the transaction
/// that stores its custom job, so that there is one of it.
/// </summary>
internal sealed partial class TuningWorker(
    IWork work,
    IDatabase database,
    IResourceStore store,
    TuningJobChanges changes,
    IStudies studies,
    TrialStarter starter,
    TrialStopper stopper,
    TrialFinisher finisher,
    TimeProvider time,
    ILogger<TuningWorker> logger
) : IWorker
{
    public const string KindName = "tuning-job";

    /// <summary>How soon a job is looked at again that has trials left and could begin none.</summary>
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);

    /// <summary>None waits for another's search.</summary>
    public WorkKind Kind { get; } = new(KindName, AtOnce: 32);

    public async Task<WorkStep> StepAsync(WorkItem item, CancellationToken lost)
    {
        await AdvanceAsync(item, lost);
        var (active, phases) = await database.ReadAsync(
            session => (TuningJobTable.Find(session, item.Key) is { Active: true }, TuningTrialTable.Phases(session, item.Key)),
            lost
        );
        return !active ? WorkStep.Done
            : phases.Contains(TrialPhase.Ended) ? WorkStep.Again(TimeSpan.Zero)
            : phases.Contains(TrialPhase.Running) ? WorkStep.Sleep
            : WorkStep.Again(Retry);
    }

    private async Task AdvanceAsync(WorkItem item, CancellationToken cancellation)
    {
        var name = item.Key;
        if (await ReadAsync(name, cancellation) is not { Tuning.Active: true } now)
        {
            return;
        }

        foreach (var trial in now.Trials.Where(static trial => trial.Phase == TrialPhase.Ended))
        {
            await finisher.FinishAsync(item, now.Job, now.Tuning, trial, cancellation);
        }

        if (now.Trials.Exists(static trial => trial.Phase == TrialPhase.Ended))
        {
            now = (await ReadAsync(name, cancellation))!;
        }

        if (!now.Tuning.Ends && Failure(now) is { } failure)
        {
            now = now with { Tuning = await ChangeAsync(item, row => row with { Failure = failure }, cancellation) };
        }

        var running = now.Trials.FindAll(static trial => trial.Phase == TrialPhase.Running);
        if (now.Tuning.Ends)
        {
            foreach (var trial in running)
            {
                await stopper.CancelAsync(item, trial, cancellation);
            }
        }
        else
        {
            foreach (
                var trial in running.Where(trial =>
                    trial is { Fresh: true, Stopping: false }
                    && now.Job.StudySpec.AutomatedStoppingSpecCase != StudySpec.AutomatedStoppingSpecOneofCase.None
                )
            )
            {
                await stopper.AskAsync(item, trial, cancellation);
            }
        }

        var more = !now.Tuning.Ends && await StartAsync(item, now, running.Count, cancellation);
        if (running.Count == 0 && !more)
        {
            await EndAsync(item, cancellation);
        }
    }

    /// <summary>Begins what there is room for; false where there will be no further trial.</summary>
    private async Task<bool> StartAsync(WorkItem item, Snapshot now, int running, CancellationToken cancellation)
    {
        var left = now.Job.MaxTrialCount - now.Trials.Count;
        var room = Math.Min(now.Job.ParallelTrialCount - running, left);
        if (room <= 0)
        {
            return left > 0;
        }

        try
        {
            if (now.Tuning.Study.Length == 0)
            {
                var study = await CreateStudyAsync(now, cancellation);
                now = now with { Tuning = await ChangeAsync(item, row => row with { Study = study }, cancellation) };
            }

            return await starter.StartAsync(item, now.Job, now.Tuning, now.Trials, room, cancellation);
        }
        catch (StatusException error)
            when (error.Code is Google.Rpc.Code.NotFound or Google.Rpc.Code.InvalidArgument or Google.Rpc.Code.AlreadyExists)
        {
            // Its study was deleted, or one that it learns from.
            await ChangeAsync(item, row => row with { Failure = $"The study gives no further trial: {error.Message}" }, cancellation);
            return true;
        }
    }

    private async Task<string> CreateStudyAsync(Snapshot now, CancellationToken cancellation)
    {
        var name = TuningJobName.Parse(now.Job.Name);
        var options = new StudyOptions { Algorithm = now.Tuning.Algorithm, Predecessors = now.Tuning.Predecessors };
        return (
            await studies.CreateAsync(
                name.Parent,
                new Study { DisplayName = name.Study, StudySpec = now.Job.StudySpec },
                options,
                cancellation
            )
        ).Name;
    }

    private static string? Failure(Snapshot now)
    {
        var done = now.Trials.FindAll(static trial => trial.Phase == TrialPhase.Done);
        var failed = done.FindAll(static trial => trial.Body.State == Trial.Types.State.Infeasible);
        if (failed.Count == 0 || !FailureBudget.IsSpent(now.Job, failed.Count, done.Count - failed.Count))
        {
            return null;
        }

        var allowance =
            now.Job.MaxFailedTrialCount > 0
                ? $"`max_failed_trial_count` is {now.Job.MaxFailedTrialCount}"
                : "`max_failed_trial_count` is not set, and so many were not to be expected";
        return $"{failed.Count} of {done.Count} trials failed; {allowance}. Trial {failed[^1].Trial}: {failed[^1].Body.InfeasibleReason}";
    }

    private Task EndAsync(WorkItem item, CancellationToken cancellation) =>
        store.WriteAsync(
            session =>
            {
                work.Require(session, item);
                var name = item.Key;
                var trials = TuningTrialTable.Of(session, name);
                if (
                    TuningJobTable.Find(session, name) is not { Active: true } row
                    || trials.Exists(static trial => trial.Phase != TrialPhase.Done)
                    || store.Find<HyperparameterTuningJob>(session, TuningJobKind.Kind, name) is not { } job
                )
                {
                    return false;
                }

                (job.State, job.Error) = TuningJobEnd.Of(row, trials);
                job.EndTime = time.GetUtcNow().ToTimestamp();
                changes.Write(session, job);
                TuningJobTable.Update(session, row with { Active = false });
                Log.Ended(logger, name, job.State);
                return true;
            },
            cancellation
        );

    private Task<TuningJobRow> ChangeAsync(WorkItem item, Func<TuningJobRow, TuningJobRow> change, CancellationToken cancellation) =>
        database.WriteAsync(
            session =>
            {
                work.Require(session, item);
                var changed = change(
                    TuningJobTable.Find(session, item.Key)
                        ?? throw StatusException.NotFound($"HyperparameterTuningJob '{item.Key}' does not exist.")
                );
                TuningJobTable.Update(session, changed);
                if (changed.Ends)
                {
                    // Another step follows this one, and cancels what runs.
                    work.Wake(session, item.Kind, item.Key);
                }

                return changed;
            },
            cancellation
        );

    private Task<Snapshot?> ReadAsync(string name, CancellationToken cancellation) =>
        database.ReadAsync(
            session =>
                TuningJobTable.Find(session, name) is { } row
                && store.Find<HyperparameterTuningJob>(session, TuningJobKind.Kind, name) is { } job
                    ? new Snapshot(job, row, TuningTrialTable.Of(session, name))
                    : null,
            cancellation
        );

    private sealed record Snapshot(HyperparameterTuningJob Job, TuningJobRow Tuning, List<TuningTrialRow> Trials);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "{Job} ended: {State}.")]
        public static partial void Ended(ILogger logger, string job, JobState state);
    }
}
