using Cairn.Jobs.CustomJobs;
using Cairn.Kernel.Database;
using Cairn.Kernel.Store;
using Google.Cloud.AIPlatform.V1;
using Job = Google.Cloud.ML.V1.Job;

namespace Cairn.Classic.Jobs;

/// <summary>Takes a classic job along with the job that does its work, in the same transaction.</summary>
internal sealed class JobProgress(IResourceStore store) : ICustomJobObserver
{
    public void Changed(ISqlSession session, CustomJob job)
    {
        if (ClassicJobTable.Of(session, job.Name) is not { } name || store.Find<Job>(session, ClassicKinds.Job, name) is not { } classic)
        {
            return;
        }

        classic.State = JobStates.Of(job.State);
        classic.StartTime = job.StartTime;
        classic.EndTime = job.EndTime;
        classic.ErrorMessage = job.Error?.Message ?? "";
        store.Update(session, ClassicKinds.Job, classic);
    }
}
