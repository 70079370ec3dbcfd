using Cairn.Kernel.Database;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Tracking.Runs.Jobs;

/// <summary>The run that every job is: what a task logs without configuration lands there.</summary>
public interface IJobRuns
{
    /// <summary>Writes what the job is now, in the transaction that stores it. Every call can be repeated.</summary>
    void Changed(ISqlSession session, CustomJob job);

    /// <summary>The run of a job and its experiment: the one that the job names where there is such a one, else its own. Null for a job that was stored before jobs had runs.</summary>
    (Experiment Experiment, Run Run)? Find(ISqlSession session, CustomJob job);
}
