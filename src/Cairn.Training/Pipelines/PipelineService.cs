using Cairn.Data;
using Cairn.Datasets.Exports;
using Cairn.Jobs.CustomJobs;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Operations;
using Cairn.Kernel.Rpc;
using Cairn.Kernel.Security;
using Cairn.Kernel.Store;
using Cairn.Kernel.Tenancy;
using Cairn.Kernel.Time;
using Cairn.Kernel.Work;
using Cairn.Training.Inputs;
using Google.Cloud.AIPlatform.V1;
using Google.LongRunning;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace Cairn.Training.Pipelines;

/// <summary>
/// Vertex's <c>PipelineService</c>: so far its training pipelines. A pipeline is a custom job and, after it, the registration of its model.
/// </summary>
internal sealed class PipelineService(
    IResourceStore store,
    ICustomJobs jobs,
    DatasetExports exports,
    IOperations operations,
    IWork work,
    ITenantGate gate,
    IIdSource ids,
    TimeProvider time
) : IRpcService
{
    public const int MaxDisplayName = 128;

    public ServiceDescriptor Descriptor => PipelineServiceReflection.Descriptor.FindTypeByName<ServiceDescriptor>("PipelineService");

    /// <summary>Checks the pipeline and puts its job in line, or its data set where it has one, which is exported first.</summary>
    [Permission("aiplatform.trainingPipelines.create")]
    public async Task<TrainingPipeline> CreateTrainingPipeline(CreateTrainingPipelineRequest request, CallContext context)
    {
        context.RequireProject(request.Parent);
        var name = TrainingPipelineName.Under(request.Parent, ids.NextNumber());
        var given = request.TrainingPipeline ?? throw StatusException.InvalidArgument("`training_pipeline` is missing.");
        if (Characters.Count(given.DisplayName) is 0 or > MaxDisplayName)
        {
            throw StatusException.InvalidArgument(
                $"`display_name` has {given.DisplayName.Length} characters; it must have 1 to {MaxDisplayName}."
            );
        }

        var spec = CustomTask.Read(given);
        await gate.CheckAsync(spec, context);
        TrainedModel.Check(given, spec);
        var prepared = await jobs.PrepareAsync(request.Parent, TrainingJob.Of(given, spec), context.Cancellation);
        var directory = await DirectoryAsync(given.InputDataConfig, name, context);
        var pipeline = new TrainingPipeline
        {
            Name = name.ToString(),
            DisplayName = given.DisplayName,
            TrainingTaskDefinition = given.TrainingTaskDefinition,
            TrainingTaskInputs = given.TrainingTaskInputs.Clone(),
            InputDataConfig = given.InputDataConfig?.Clone(),
            ModelToUpload = given.ModelToUpload?.Clone(),
            ModelId = given.ModelId,
            ParentModel = given.ParentModel,
            State = PipelineState.Pending,
            EncryptionSpec = given.EncryptionSpec?.Clone(),
            Labels = { given.Labels },
        };
        if (directory is null)
        {
            TrainingJob.Name(pipeline, prepared.Job.Name);
        }

        return await store.WriteAsync(
            session =>
            {
                if (directory is { } folder)
                {
                    ExportTable.Insert(session, pipeline.Name, folder.ToString(), context.Caller.Name);
                    work.Enqueue(session, DatasetExporter.KindName, pipeline.Name);
                }
                else
                {
                    jobs.Create(session, prepared, context.Caller);
                    TrainingTable.Insert(session, prepared.Job.Name, pipeline.Name);
                }

                return store.Insert(session, TrainingPipelines.Kind, pipeline);
            },
            context.Cancellation
        );
    }

    [Permission("aiplatform.trainingPipelines.get")]
    public Task<TrainingPipeline> GetTrainingPipeline(GetTrainingPipelineRequest request, CallContext context)
    {
        context.RequireProject(request.Name);
        return store.GetAsync<TrainingPipeline>(
            TrainingPipelines.Kind,
            TrainingPipelineName.Parse(request.Name).ToString(),
            context.Cancellation
        );
    }

    [Permission("aiplatform.trainingPipelines.list")]
    public async Task<ListTrainingPipelinesResponse> ListTrainingPipelines(ListTrainingPipelinesRequest request, CallContext context)
    {
        context.RequireProject(request.Parent);
        var query = new ListQuery(
            TrainingPipelineName.Under(request.Parent, "-").Parent,
            request.Filter,
            "",
            request.PageSize,
            request.PageToken
        );
        var page = await store.ListAsync<TrainingPipeline>(TrainingPipelines.Kind, query, context.Cancellation);
        return new ListTrainingPipelinesResponse { TrainingPipelines = { page.Items }, NextPageToken = page.NextPageToken };
    }

    /// <summary>
    /// Asks a pipeline to end. While its data is exported, or its model is registered, it has no job that could be stopped, and ends at
    /// once.
    /// </summary>
    [Permission("aiplatform.trainingPipelines.cancel")]
    public async Task<Empty> CancelTrainingPipeline(CancelTrainingPipelineRequest request, CallContext context)
    {
        context.RequireProject(request.Name);
        var name = TrainingPipelineName.Parse(request.Name).ToString();
        await store.WriteAsync(
            session =>
            {
                var pipeline = store.Find<TrainingPipeline>(session, TrainingPipelines.Kind, name) ?? throw Missing(name);
                if (TrainingPipelines.HasEnded(pipeline))
                {
                    return false;
                }

                if (ExportTable.Delete(session, name))
                {
                    work.Remove(session, DatasetExporter.KindName, name);
                    pipeline.State = PipelineState.Cancelled;
                    pipeline.Error = new Google.Rpc.Status
                    {
                        Code = (int)Google.Rpc.Code.Cancelled,
                        Message = "The training was cancelled before its data was exported.",
                    };
                    pipeline.EndTime = time.GetUtcNow().ToTimestamp();
                    store.Update(session, TrainingPipelines.Kind, pipeline);
                }
                else if (work.Remove(session, ModelUploader.KindName, name))
                {
                    pipeline.State = PipelineState.Cancelled;
                    pipeline.EndTime = time.GetUtcNow().ToTimestamp();
                    store.Update(session, TrainingPipelines.Kind, pipeline);
                }
                else if (TrainingTable.JobOf(session, name) is { } job)
                {
                    jobs.Cancel(session, job);
                }

                return true;
            },
            context.Cancellation
        );
        return new Empty();
    }

    /// <summary>Deletes a pipeline that has ended. Its job and its model stay.</summary>
    [Permission("aiplatform.trainingPipelines.delete")]
    public Task<Operation> DeleteTrainingPipeline(DeleteTrainingPipelineRequest request, CallContext context)
    {
        context.RequireProject(request.Name);
        var name = TrainingPipelineName.Parse(request.Name);
        return store.WriteAsync(
            session =>
            {
                var pipeline =
                    store.Find<TrainingPipeline>(session, TrainingPipelines.Kind, name.ToString()) ?? throw Missing(name.ToString());
                if (!TrainingPipelines.HasEnded(pipeline))
                {
                    throw StatusException.FailedPrecondition(
                        $"TrainingPipeline '{name}' is in the state {TrainingPipelines.Spell(pipeline.State)}; cancel it, and delete it when it has ended."
                    );
                }

                store.Delete(session, TrainingPipelines.Kind, name.ToString());
                TrainingTable.Delete(session, name.ToString());
                return operations.Deleted(session, name.Parent);
            },
            context.Cancellation
        );
    }

    /// <summary>Where the data is exported to; null for a training without a data set.</summary>
    private async Task<GsUri?> DirectoryAsync(InputDataConfig? input, TrainingPipelineName name, CallContext context) =>
        input switch
        {
            null => null,
            { DatasetId.Length: 0 } => throw StatusException.InvalidArgument(
                "`input_data_config.dataset_id` is missing; it is the ID of the data set to train on. Leave out `input_data_config` to train without one."
            ),
            _ => await exports.CheckAsync(input, name.Parent, time.GetUtcNow(), context.Cancellation),
        };

    private static StatusException Missing(string name) => StatusException.NotFound($"TrainingPipeline '{name}' does not exist.");
}
