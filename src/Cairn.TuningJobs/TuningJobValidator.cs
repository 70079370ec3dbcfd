using Cairn.Kernel.Errors;
using Cairn.Kernel.Store;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.TuningJobs;

/// <summary>Checks what a tuning job has beside its study and its trials' job, and says all that is wrong with it at once.</summary>
internal static class TuningJobValidator
{
    private const int MaxDisplayName = 128;
    private const int MaxTrials = 10_000;
    private const int MaxParallel = 1_000;

    /// <exception cref="StatusException">INVALID_ARGUMENT, with a sentence for each error.</exception>
    public static void Check(HyperparameterTuningJob job)
    {
        var errors = new List<string>();
        if (Characters.Count(job.DisplayName) is 0 or > MaxDisplayName)
        {
            errors.Add($"`display_name` has {job.DisplayName.Length} characters; it must have 1 to {MaxDisplayName}.");
        }

        if (job.MaxTrialCount is < 1 or > MaxTrials)
        {
            errors.Add($"`max_trial_count` is {job.MaxTrialCount}; it must be 1 to {MaxTrials}.");
        }

        if (job.ParallelTrialCount is < 1 or > MaxParallel)
        {
            errors.Add($"`parallel_trial_count` is {job.ParallelTrialCount}; it must be 1 to {MaxParallel}.");
        }

        if (job.MaxFailedTrialCount < 0)
        {
            errors.Add($"`max_failed_trial_count` is {job.MaxFailedTrialCount}; it must not be negative.");
        }

        if (job.StudySpec is null)
        {
            errors.Add("`study_spec` is missing; it holds the metrics and parameters.");
        }

        if (job.TrialJobSpec is null)
        {
            errors.Add("`trial_job_spec` is missing; it is the specification of the custom job that each trial runs.");
        }
        else if (job.TrialJobSpec.ExperimentRun.Length > 0)
        {
            errors.Add(
                $"`trial_job_spec.experiment_run` is '{job.TrialJobSpec.ExperimentRun}', and each trial has a run of its own; give `trial_job_spec.experiment` to say where these belong."
            );
        }

        if (errors.Count > 0)
        {
            throw StatusException.InvalidArgument(string.Join(' ', errors));
        }
    }
}
