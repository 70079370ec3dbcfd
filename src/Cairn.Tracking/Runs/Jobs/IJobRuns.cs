using Cairn.Kernel.Database;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Tracking.Runs.Jobs;

/// <summary>The run that every job is: what a task logs without configuration lands there.</summary>
public interface IJobRuns
{
    /// <summary>
    /// Makes the run of a job that is being created, in the transaction that stores it, and records where the job comes from: its options
    /// as parameters, the rest in tags.
    /// </summary>
    /// <param name="session">The transaction.</param>
    /// <param name="job">The job with its name.</param>
    /// <param name="submitter">Who submits it, or empty where that is not known.</param>
    void Created(ISqlSession session, CustomJob job, string submitter);

    /// <summary>Writes the job's state, in the transaction that stores it. Every call can be repeated.</summary>
    void Changed(ISqlSession session, CustomJob job);

    /// <summary>Whether its objective stopped a job that has ended; its run then says so in its tags. Can be repeated.</summary>
    EarlyStop? EarlyStop(ISqlSession session, CustomJob job);

    /// <summary>Logs metrics to a run; durable when this returns.</summary>
    /// <param name="run">MLflow's id of the run.</param>
    /// <param name="points">The points; those that are there already change nothing.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="Kernel.Errors.StatusException">The run is gone or deleted.</exception>
    Task LogAsync(string run, IReadOnlyList<JobPoint> points, CancellationToken cancellation);

    /// <summary>
    /// The run of a job and its experiment: the one that the job names where there is such a one, else its own. Null for a job that was
    /// stored before jobs had runs.
    /// </summary>
    (Experiment Experiment, Run Run)? Find(ISqlSession session, CustomJob job);
}
