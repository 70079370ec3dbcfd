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
        }

        if (spec.Experiment.Length == 0)
        {
            spec.Experiment = TuningJobName.Parse(job.Name).Experiment;
        }

        var suffix = "-trial-" + trial.Id;
        var own = job.DisplayName.Length + suffix.Length > MaxDisplayName ? job.DisplayName[..(MaxDisplayName - suffix.Length)] : job.DisplayName;
        return new CustomJob { DisplayName = own + suffix, JobSpec = spec, EncryptionSpec = job.EncryptionSpec?.Clone(), Labels = { job.Labels } };
    }
}
