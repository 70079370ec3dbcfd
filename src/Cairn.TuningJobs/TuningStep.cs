using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Store;
using Cairn.Tuning;
using Cairn.TuningJobs.Storage;
using Cairn.TuningJobs.Trials;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Logging;

namespace Cairn.TuningJobs;

/// <summary>
/// Takes one tuning job one step further. What has been done stands in the tables, each part of a step can be repeated, and so a server
/// that died anywhere goes on from there; a trial is begun in the transaction that stores its custom job, so that there is one of it.
/// </summary>
internal sealed partial class TuningStep(
    IDatabase database,
    IResourceStore store,
    TuningJobChanges changes,
    IStudies studies,
    TrialStarter starter,
    TrialStopper stopper,
    TrialFinisher finisher,
    TimeProvider time,
    ILogger<TuningStep> logger
)
{
    public async Task RunAsync(string name, CancellationToken cancellation)
    {
        if (await ReadAsync(name, cancellation) is not { Tuning.Active: true } now)
        {
            return;
        }

        foreach (var trial in now.Trials.Where(static trial => trial.Phase == TrialPhase.Ended))
        {
            await finisher.FinishAsync(now.Job, now.Tuning, trial, cancellation);
        }

        if (now.Trials.Exists(static trial => trial.Phase == TrialPhase.Ended))
        {
            now = (await ReadAsync(name, cancellation))!;
        }

        if (!now.Tuning.Ends && Failure(now) is { } failure)
        {
            now = now with { Tuning = await ChangeAsync(name, row => row with { Failure = failure }, cancellation) };
        }

        var running = now.Trials.FindAll(static trial => trial.Phase == TrialPhase.Running);
        if (now.Tuning.Ends)
        {
            foreach (var trial in running)
            {
                await stopper.CancelAsync(trial, cancellation);
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
                await stopper.AskAsync(trial, cancellation);
            }
        }

        var more = !now.Tuning.Ends && await StartAsync(now, running.Count, cancellation);
        if (running.Count == 0 && !more)
        {
            await EndAsync(name, cancellation);
        }
    }

    /// <summary>Begins what there is room for; false where there will be no further trial.</summary>
    private async Task<bool> StartAsync(Snapshot now, int running, CancellationToken cancellation)
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
                now = now with { Tuning = await ChangeAsync(now.Job.Name, row => row with { Study = study }, cancellation) };
            }

            return await starter.StartAsync(now.Job, now.Tuning, now.Trials, room, cancellation);
        }
        catch (StatusException error)
            when (error.Code is Google.Rpc.Code.NotFound or Google.Rpc.Code.InvalidArgument or Google.Rpc.Code.AlreadyExists)
        {
            // Its study was deleted, or one that it learns from.
            await ChangeAsync(
                now.Job.Name,
                row => row with { Failure = $"The study gives no further trial: {error.Message}" },
                cancellation
            );
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

    private Task EndAsync(string name, CancellationToken cancellation) =>
        store.WriteAsync(
            session =>
            {
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

    private Task<TuningJobRow> ChangeAsync(string name, Func<TuningJobRow, TuningJobRow> change, CancellationToken cancellation) =>
        database.WriteAsync(
            session =>
            {
                var changed = change(
                    TuningJobTable.Find(session, name)
                        ?? throw StatusException.NotFound($"HyperparameterTuningJob '{name}' does not exist.")
                );
                TuningJobTable.Update(session, changed);
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
