using Cairn.Kernel.Database;
using Cairn.Kernel.Security;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Jobs.CustomJobs;

/// <summary>Custom jobs for the capabilities that are made of them: training pipelines, tuning.</summary>
public interface ICustomJobs
{
    /// <summary>Checks a job and finds what runs it. Nothing is stored yet.</summary>
    /// <param name="parent"><c>projects/PROJECT/locations/LOCATION</c>.</param>
    /// <exception cref="Kernel.Errors.StatusException">INVALID_ARGUMENT with a sentence for each error; UNIMPLEMENTED.</exception>
    Task<PreparedJob> PrepareAsync(string parent, CustomJob job, CancellationToken cancellation = default);

    /// <summary>Stores the job and puts it in line, in the caller's transaction.</summary>
    /// <param name="creator">Whose job it is.</param>
    CustomJob Create(ISqlSession session, PreparedJob job, Principal creator);

    /// <summary>
    /// Asks a job to end: one that waits ends at once, one that has ended stays as it is.
    /// </summary>
    /// <exception cref="Kernel.Errors.StatusException">NOT_FOUND.</exception>
    void Cancel(ISqlSession session, string name);
}
