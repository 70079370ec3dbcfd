using Cairn.Kernel.Database;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Jobs.CustomJobs;

/// <summary>Takes part in the transactions that change a custom job's state.</summary>
public interface ICustomJobObserver
{
    /// <param name="session">The transaction; it may run more than once before it commits.</param>
    /// <param name="job">The job as it is stored.</param>
    void Changed(ISqlSession session, CustomJob job);
}
