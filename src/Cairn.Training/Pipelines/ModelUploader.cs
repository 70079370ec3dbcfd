using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Rpc;
using Cairn.Kernel.Security;
using Cairn.Kernel.Store;
using Cairn.Kernel.Work;
using Cairn.Models.Versions;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf.WellKnownTypes;

namespace Cairn.Training.Pipelines;

/// <summary>
/// Registers what trainings have made: work whose key is the pipeline's name. The model, the pipeline's end and that of the work are one
/// transaction: a server that dies before has done none of them, and the next one does all once.
/// </summary>
internal sealed class ModelUploader(IWork work, IResourceStore store, ModelUploads uploads, TimeProvider time) : IWorker
{
    public const string KindName = "training-upload";

    public WorkKind Kind { get; } = new(KindName, AtOnce: 4);

    public async Task<WorkStep> StepAsync(WorkItem item, CancellationToken lost)
    {
        var name = item.Key;
        try
        {
            var pipeline = await store.GetAsync<TrainingPipeline>(TrainingPipelines.Kind, name, lost);
            var caller = new CallContext
            {
                Caller = new Principal("server", ["*"], TrainingPipelineName.Parse(name).Project),
                Cancellation = lost,
            };
            var upload = await uploads.PrepareAsync(TrainedModel.Request(pipeline), caller);
            await EndAsync(
                item,
                (session, ended) =>
                {
                    var (model, version) = uploads.Add(session, upload);
                    ended.ModelToUpload.Name = model;
                    ended.ModelToUpload.VersionId = version;
                    ended.State = PipelineState.Succeeded;
                },
                lost
            );
        }
        catch (StatusException error)
            when (error.Code is not (Google.Rpc.Code.Aborted or Google.Rpc.Code.Unavailable or Google.Rpc.Code.ResourceExhausted))
        {
            await EndAsync(
                item,
                (_, ended) =>
                {
                    ended.State = PipelineState.Failed;
                    ended.Error = new Google.Rpc.Status
                    {
                        Code = (int)error.Code,
                        Message = $"The training succeeded, and its model could not be registered: {error.Message}",
                    };
                },
                lost
            );
        }

        return WorkStep.Done;
    }

    /// <summary>Ends the pipeline, unless somebody else has its work by now, or it was cancelled.</summary>
    private Task EndAsync(WorkItem item, Action<ISqlSession, TrainingPipeline> end, CancellationToken cancellation) =>
        store.WriteAsync(
            session =>
            {
                work.Require(session, item);
                work.Remove(session, item.Kind, item.Key);
                if (
                    store.Find<TrainingPipeline>(session, TrainingPipelines.Kind, item.Key) is not { } pipeline
                    || TrainingPipelines.HasEnded(pipeline)
                )
                {
                    return false;
                }

                end(session, pipeline);
                pipeline.EndTime = time.GetUtcNow().ToTimestamp();
                store.Update(session, TrainingPipelines.Kind, pipeline);
                return true;
            },
            cancellation
        );
}
