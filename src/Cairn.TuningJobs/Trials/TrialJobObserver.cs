using Cairn.Jobs.CustomJobs;
using Cairn.Kernel.Database;
using Cairn.Kernel.Store;
using Cairn.Kernel.Work;
using Cairn.TuningJobs.Storage;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.TuningJobs.Trials;

/// <summary>Notes what becomes of trials' custom jobs, in the same transactions.</summary>
internal sealed class TrialJobObserver(IResourceStore store, TuningJobChanges changes, IWork work) : ICustomJobObserver
{
    public void Changed(ISqlSession session, CustomJob job)
    {
        if (TuningTrialTable.OfCustomJob(session, job.Name) is not { Phase: TrialPhase.Running } trial)
        {
            return;
        }

        switch (job.State)
        {
            case JobState.Running:
                Begin(session, trial.Job, job);
                break;
            case JobState.Succeeded or JobState.Failed or JobState.Cancelled:
                TuningTrialTable.Update(
                    session,
                    trial with
                    {
                        Phase = TrialPhase.Ended,
                        Outcome = job.State,
                        Reason = job.Error?.Message ?? "",
                    }
                );
                work.Wake(session, TuningWorker.KindName, trial.Job);
                break;
        }
    }

    /// <summary>A tuning job runs from its first trial's start.</summary>
    private void Begin(ISqlSession session, string name, CustomJob job)
    {
        if (store.Find<HyperparameterTuningJob>(session, TuningJobKind.Kind, name) is { State: JobState.Pending } tuning)
        {
            tuning.State = JobState.Running;
            tuning.StartTime = job.StartTime;
            changes.Write(session, tuning);
        }
    }
}
