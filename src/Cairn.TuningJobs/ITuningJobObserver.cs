using Cairn.Kernel.Database;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.TuningJobs;

/// <summary>Follows tuning jobs in the transactions that change them.</summary>
public interface ITuningJobObserver
{
    /// <summary>The job's state has changed; its trials are not in it.</summary>
    void Changed(ISqlSession session, HyperparameterTuningJob job);
}
