using Cairn.Kernel.Database;
using Cairn.Kernel.Security;
using Cairn.Tuning;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.TuningJobs;

/// <summary>Hyperparameter tuning jobs for the doors that are made of them.</summary>
public interface IHyperparameterTuningJobs
{
    /// <summary>Checks a job, the study that it searches with, and the custom job that its trials are. Nothing is stored yet.</summary>
    /// <param name="parent"><c>projects/PROJECT/locations/LOCATION</c>.</param>
    /// <param name="job">The job as its user gives it.</param>
    /// <param name="options">What the study can have beyond its specification.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="Kernel.Errors.StatusException">INVALID_ARGUMENT with sentences; UNIMPLEMENTED.</exception>
    Task<PreparedTuningJob> PrepareAsync(
        string parent,
        HyperparameterTuningJob job,
        StudyOptions options,
        CancellationToken cancellation = default
    );

    /// <summary>Stores the job, in the caller's transaction. Its trials begin soon after that has committed.</summary>
    /// <param name="session">The transaction.</param>
    /// <param name="job">What <see cref="PrepareAsync"/> returned.</param>
    /// <param name="creator">Whose job it is.</param>
    HyperparameterTuningJob Create(ISqlSession session, PreparedTuningJob job, Principal creator);

    /// <summary>The job with its trials as they are now, or null. Takes a reading session as well.</summary>
    HyperparameterTuningJob? Find(ISqlSession session, string name);

    /// <summary>The study that the job searches with, or null where it has none yet.</summary>
    string? StudyOf(ISqlSession session, string name);

    /// <summary>The trials, by their ids, that the study's rule stopped while they ran.</summary>
    IReadOnlySet<string> StoppedEarly(ISqlSession session, string name);

    /// <summary>
    /// Asks a job to end: its running trials are cancelled, and it ends with the last of them. One that has ended stays as it is.
    /// </summary>
    /// <exception cref="Kernel.Errors.StatusException">NOT_FOUND.</exception>
    void Cancel(ISqlSession session, string name);

    /// <summary>Deletes a job that has ended, and its study. Its trials' custom jobs stay, with their runs and logs.</summary>
    /// <exception cref="Kernel.Errors.StatusException">NOT_FOUND; FAILED_PRECONDITION for one that has not ended.</exception>
    /// <param name="name">The job's name.</param>
    /// <param name="also">What is recorded in the same transaction.</param>
    /// <param name="cancellation">Gives up.</param>
    Task<T> DeleteAsync<T>(string name, Func<ISqlSession, T> also, CancellationToken cancellation = default);
}
