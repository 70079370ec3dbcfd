using Google.Cloud.AIPlatform.V1;

namespace Cairn.TuningJobs;

/// <summary>
/// When failed trials fail their job: once there are <c>max_failed_trial_count</c> of them. Where that is 0, the service decides: as long
/// as no trial has succeeded, after three failures or as many as run at once; later, when at least half of all trials have failed.
/// </summary>
internal static class FailureBudget
{
    private const int Least = 3;

    public static bool IsSpent(HyperparameterTuningJob job, int failed, int succeeded)
    {
        if (job.MaxFailedTrialCount > 0)
        {
            return failed >= job.MaxFailedTrialCount;
        }

        return failed >= (succeeded == 0 ? Math.Max(Least, job.ParallelTrialCount) : Math.Max(Least, (job.MaxTrialCount + 1) / 2));
    }
}
