using Cairn.Kernel.Store;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.TuningJobs;

/// <summary>
/// The kind of stored resource. It is stored without its trials, which have a table of their own: a job of a thousand trials costs each of
/// them no more than one of ten.
/// </summary>
internal static class TuningJobKind
{
    public static ResourceKind Kind { get; } =
        new("HyperparameterTuningJob", "hyperparameterTuningJobs", HyperparameterTuningJob.Descriptor)
        {
            Unsearchable = new HashSet<string> { "study_spec" },
        };

    public static bool HasEnded(HyperparameterTuningJob job) => job.State is JobState.Succeeded or JobState.Failed or JobState.Cancelled;
}
