using Cairn.Jobs.CustomJobs;
using Cairn.Kernel.Database;
using Cairn.Kernel.Store;
using Cairn.TuningJobs;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf.WellKnownTypes;
using Job = Google.Cloud.ML.V1.Job;

namespace Cairn.Classic.Jobs;

/// <summary>Takes a classic job along with the job that does its work, in the same transaction.</summary>
internal sealed class JobProgress(IResourceStore store) : ICustomJobObserver, ITuningJobObserver
{
    public void Changed(ISqlSession session, CustomJob job) => Follow(session, job.Name, job.State, job.StartTime, job.EndTime, job.Error);

    public void Changed(ISqlSession session, HyperparameterTuningJob job) =>
        Follow(session, job.Name, job.State, job.StartTime, job.EndTime, job.Error);

    private void Follow(ISqlSession session, string backing, JobState state, Timestamp? started, Timestamp? ended, Google.Rpc.Status? error)
    {
        if (ClassicJobTable.Of(session, backing) is not { } name || store.Find<Job>(session, ClassicKinds.Job, name) is not { } classic)
        {
            return;
        }

        classic.State = JobStates.Of(state);
        classic.StartTime = started;
        classic.EndTime = ended;
        classic.ErrorMessage = error?.Message ?? "";
        store.Update(session, ClassicKinds.Job, classic);
    }
}
