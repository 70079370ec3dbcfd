using Cairn.Kernel.Store;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.TuningJobs.Trials;

/// <summary>The custom job that a trial is.</summary>
internal static class TrialJob
{
    private const string TrialVariable = "CLOUD_ML_TRIAL_ID";
    private const int MaxDisplayName = 128;

    public static CustomJob Make(HyperparameterTuningJob job, Trial trial)
    {
        var spec = job.TrialJobSpec.Clone();
        foreach (var pool in spec.WorkerPoolSpecs)
        {
            (pool.ContainerSpec?.Args ?? pool.PythonPackageSpec?.Args)?.AddRange(TrialArguments.Of(trial));
            if ((pool.ContainerSpec?.Env ?? pool.PythonPackageSpec?.Env) is { } environment)
            {
                foreach (var given in environment.Where(static variable => variable.Name == TrialVariable).ToList())
                {
                    environment.Remove(given);
                }

                environment.Add(new EnvVar { Name = TrialVariable, Value = trial.Id });
            }
        }

        // An address that is none is refused with the rest of the specification.
        if (spec.BaseOutputDirectory is { OutputUriPrefix: { Length: > 0 } output } && output.StartsWith("gs://", StringComparison.Ordinal))
        {
            spec.BaseOutputDirectory.OutputUriPrefix = $"{output.TrimEnd('/')}/{trial.Id}";
            foreach (var pool in spec.WorkerPoolSpecs)
            {
                FollowJobDir(pool.ContainerSpec?.Args ?? pool.PythonPackageSpec?.Args, output, spec.BaseOutputDirectory.OutputUriPrefix);
            }
        }

        if (spec.Experiment.Length == 0)
        {
            spec.Experiment = TuningJobName.Parse(job.Name).Experiment;
        }

        var suffix = "-trial-" + trial.Id;
        var own = Characters.Cut(job.DisplayName, MaxDisplayName - suffix.Length);
        return new CustomJob
        {
            DisplayName = own + suffix,
            JobSpec = spec,
            EncryptionSpec = job.EncryptionSpec?.Clone(),
            Labels = { job.Labels },
        };
    }

    /// <summary>A program that is told its output as AI Platform's are, by <c>--job-dir</c>, is told its trial's.</summary>
    private static void FollowJobDir(IList<string>? arguments, string output, string own)
    {
        for (var i = 1; i < (arguments?.Count ?? 0); i++)
        {
            if (arguments![i - 1] == "--job-dir" && arguments[i] == output)
            {
                arguments[i] = own;
            }
        }
    }
}
