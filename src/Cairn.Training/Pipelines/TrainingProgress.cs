using Cairn.Jobs.CustomJobs;
using Cairn.Kernel.Database;
using Cairn.Kernel.Store;
using Cairn.Kernel.Work;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf.WellKnownTypes;

namespace Cairn.Training.Pipelines;

/// <summary>Takes a pipeline along with its job, in the same transaction.</summary>
internal sealed class TrainingProgress(IResourceStore store, IWork work, TimeProvider time) : ICustomJobObserver
{
    public void Changed(ISqlSession session, CustomJob job)
    {
        if (
            TrainingTable.PipelineOf(session, job.Name) is not { } name
            || store.Find<TrainingPipeline>(session, TrainingPipelines.Kind, name) is not { } pipeline
            || TrainingPipelines.HasEnded(pipeline)
        )
        {
            return;
        }

        pipeline.StartTime ??= job.StartTime;
        switch (job.State)
        {
            case JobState.Running:
                pipeline.State = PipelineState.Running;
                break;
            case JobState.Cancelling:
                pipeline.State = PipelineState.Cancelling;
                break;
            case JobState.Cancelled:
                End(pipeline, PipelineState.Cancelled, job.Error);
                break;
            case JobState.Failed:
                End(
                    pipeline,
                    PipelineState.Failed,
                    new Google.Rpc.Status
                    {
                        Code = job.Error?.Code ?? (int)Google.Rpc.Code.Unknown,
                        Message = $"The training failed: {job.Error?.Message} Its log is that of {job.Name}.",
                    }
                );
                break;
            case JobState.Succeeded when pipeline.ModelToUpload is null:
                End(pipeline, PipelineState.Succeeded, null);
                break;
            case JobState.Succeeded:
                // The model's files have to be looked through first, which no transaction waits for.
                work.Enqueue(session, ModelUploader.KindName, name);
                break;
        }

        store.Update(session, TrainingPipelines.Kind, pipeline);
    }

    private void End(TrainingPipeline pipeline, PipelineState state, Google.Rpc.Status? error)
    {
        pipeline.State = state;
        pipeline.Error = error;
        pipeline.EndTime = time.GetUtcNow().ToTimestamp();
    }
}
