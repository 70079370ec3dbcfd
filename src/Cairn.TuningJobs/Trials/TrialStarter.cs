using Cairn.Jobs.CustomJobs;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Security;
using Cairn.Kernel.Store;
using Cairn.Kernel.Work;
using Cairn.Tuning;
using Cairn.TuningJobs.Storage;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.TuningJobs.Trials;

/// <summary>Begins trials: asks the study for points, and puts a custom job in line for each.</summary>
internal sealed class TrialStarter(IWork work, IResourceStore store, IStudies studies, ICustomJobs jobs)
{
    /// <summary>
    /// One client, always the same: the study gives it the trials that it has open again, and so one that was suggested before a kill is
    /// not lost.
    /// </summary>
    private const string Client = "hyperparameter-tuning-job";

    /// <summary>Begins as many trials as there is room for.</summary>
    /// <returns>False where the study has no further trial to give.</returns>
    public async Task<bool> StartAsync(
        WorkItem item,
        HyperparameterTuningJob job,
        TuningJobRow tuning,
        IReadOnlyList<TuningTrialRow> trials,
        int room,
        CancellationToken cancellation
    )
    {
        var open = trials.Count(static trial => trial.Phase == TrialPhase.Running && !trial.Stopping);
        var request = new SuggestTrialsRequest
        {
            Parent = tuning.Study,
            SuggestionCount = open + room,
            ClientId = Client,
        };
        var suggested = await studies.SuggestAsync(request, cancellation);
        var known = trials.Select(static trial => trial.Body.Id).ToHashSet();
        var fresh = suggested.Trials.Where(trial => !known.Contains(trial.Id)).Take(room).ToList();
        foreach (var trial in fresh)
        {
            await StartAsync(item, job, tuning, trial, cancellation);
        }

        return fresh.Count > 0 || suggested.Trials.Count >= open + room;
    }

    private async Task StartAsync(
        WorkItem item,
        HyperparameterTuningJob job,
        TuningJobRow tuning,
        Trial trial,
        CancellationToken cancellation
    )
    {
        var name = TuningJobName.Parse(job.Name);
        var body = trial.Clone();
        body.ClientId = "";
        body.Measurements.Clear();
        PreparedJob? prepared = null;
        var refusal = "";
        try
        {
            prepared = await jobs.PrepareAsync(name.Parent, TrialJob.Make(job, trial), cancellation);
            body.CustomJob = prepared.Job.Name;
        }
        catch (StatusException error)
        {
            // It was well when the tuning job was made; the image may be gone since.
            refusal = error.Message;
        }

        var row = new TuningTrialRow(
            job.Name,
            long.Parse(trial.Id, System.Globalization.CultureInfo.InvariantCulture),
            body.CustomJob,
            TrialPhase.Running,
            JobState.Unspecified,
            "",
            false,
            false,
            new Measurement(),
            new Measurement(),
            body
        );
        await store.WriteAsync(
            session =>
            {
                work.Require(session, item);
                if (
                    TuningJobTable.Find(session, job.Name) is not { Active: true, Ends: false }
                    || TuningTrialTable.Find(session, job.Name, row.Trial) is not null
                )
                {
                    return false;
                }

                if (prepared is null)
                {
                    TuningTrialTable.Insert(session, row with { Phase = TrialPhase.Ended, Outcome = JobState.Failed, Reason = refusal });
                    return true;
                }

                // The trial first: its job's observer looks for it.
                TuningTrialTable.Insert(session, row);
                jobs.Create(
                    session,
                    prepared,
                    tuning.Creator == Principal.Anonymous.Name ? Principal.Anonymous : new Principal(tuning.Creator, [], name.Project)
                );
                return true;
            },
            cancellation
        );
    }
}
