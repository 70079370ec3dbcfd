using Cairn.Jobs.CustomJobs;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Operations;
using Cairn.Kernel.Rpc;
using Cairn.Kernel.Security;
using Cairn.Kernel.Store;
using Cairn.Kernel.Time;
using Google.Cloud.AIPlatform.V1;
using Google.LongRunning;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Value = Google.Protobuf.WellKnownTypes.Value;

namespace Cairn.Training.Pipelines;

/// <summary>Vertex's <c>PipelineService</c>: so far its training pipelines. A pipeline is a custom job and, after it, the registration of its model.</summary>
internal sealed class PipelineService(IResourceStore store, ICustomJobs jobs, IOperations operations, IIdSource ids, TimeProvider time) : IRpcService
{
    private const int MaxDisplayName = 128;
    private const string JobSuffix = "-custom-job";

    public ServiceDescriptor Descriptor => PipelineServiceReflection.Descriptor.FindTypeByName<ServiceDescriptor>("PipelineService");

    /// <summary>Checks the pipeline and puts its job in line.</summary>
    [Permission("aiplatform.trainingPipelines.create")]
    public async Task<TrainingPipeline> CreateTrainingPipeline(CreateTrainingPipelineRequest request, CallContext context)
    {
        context.RequireProject(request.Parent);
        var name = TrainingPipelineName.Under(request.Parent, ids.NextNumber());
        var given = request.TrainingPipeline ?? throw StatusException.InvalidArgument("`training_pipeline` is missing.");
        if (given.DisplayName.Length is 0 or > MaxDisplayName)
        {
            throw StatusException.InvalidArgument($"`display_name` has {given.DisplayName.Length} characters; it must have 1 to {MaxDisplayName}.");
        }

        if (given.InputDataConfig is { DatasetId.Length: > 0 } input)
        {
            throw StatusException.Unimplemented($"`input_data_config` names the dataset '{input.DatasetId}'; managed datasets are not there yet. Give the data's address to the training as an argument.");
        }

        var spec = CustomTask.Read(given);
        TrainedModel.Check(given, spec);
        var prepared = await jobs.PrepareAsync(request.Parent, Job(given, spec), context.Cancellation).ConfigureAwait(false);
        var pipeline = new TrainingPipeline
        {
            Name = name.ToString(),
            DisplayName = given.DisplayName,
            TrainingTaskDefinition = given.TrainingTaskDefinition,
            TrainingTaskInputs = given.TrainingTaskInputs.Clone(),
            TrainingTaskMetadata = Value.ForStruct(new Struct { Fields = { ["backingCustomJob"] = Value.ForString(prepared.Job.Name) } }),
            ModelToUpload = given.ModelToUpload?.Clone(),
            ModelId = given.ModelId,
            ParentModel = given.ParentModel,
            State = PipelineState.Pending,
            EncryptionSpec = given.EncryptionSpec?.Clone(),
            Labels = { given.Labels },
        };
        var created = await store.WriteAsync(
            session =>
            {
                jobs.Create(session, prepared, context.Caller);
                TrainingTable.Insert(session, prepared.Job.Name, pipeline.Name);
                return store.Insert(session, TrainingPipelines.Kind, pipeline);
            },
            context.Cancellation).ConfigureAwait(false);
        jobs.Wake();
        return created;
    }

    [Permission("aiplatform.trainingPipelines.get")]
    public Task<TrainingPipeline> GetTrainingPipeline(GetTrainingPipelineRequest request, CallContext context)
    {
        context.RequireProject(request.Name);
        return store.GetAsync<TrainingPipeline>(TrainingPipelines.Kind, TrainingPipelineName.Parse(request.Name).ToString(), context.Cancellation);
    }

    [Permission("aiplatform.trainingPipelines.list")]
    public async Task<ListTrainingPipelinesResponse> ListTrainingPipelines(ListTrainingPipelinesRequest request, CallContext context)
    {
        context.RequireProject(request.Parent);
        var query = new ListQuery(TrainingPipelineName.Under(request.Parent, "-").Parent, request.Filter, "", request.PageSize, request.PageToken);
        var page = await store.ListAsync<TrainingPipeline>(TrainingPipelines.Kind, query, context.Cancellation).ConfigureAwait(false);
        return new ListTrainingPipelinesResponse { TrainingPipelines = { page.Items }, NextPageToken = page.NextPageToken };
    }

    /// <summary>Asks a pipeline to end. While its model is registered there is nothing left to stop, and it ends cancelled without one.</summary>
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

                if (TrainingTable.IsUploading(session, name))
                {
                    TrainingTable.SetUploading(session, name, false);
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
            context.Cancellation).ConfigureAwait(false);
        jobs.Wake();
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
                var pipeline = store.Find<TrainingPipeline>(session, TrainingPipelines.Kind, name.ToString()) ?? throw Missing(name.ToString());
                if (!TrainingPipelines.HasEnded(pipeline))
                {
                    throw StatusException.FailedPrecondition($"TrainingPipeline '{name}' is in the state {TrainingPipelines.Spell(pipeline.State)}; cancel it, and delete it when it has ended.");
                }

                store.Delete(session, TrainingPipelines.Kind, name.ToString());
                TrainingTable.Delete(session, name.ToString());
                var now = time.GetUtcNow().ToTimestamp();
                return operations.Completed(session, name.Parent, new Empty(), new DeleteOperationMetadata { GenericMetadata = new GenericOperationMetadata { CreateTime = now, UpdateTime = now } });
            },
            context.Cancellation);
    }

    private static CustomJob Job(TrainingPipeline pipeline, CustomJobSpec spec)
    {
        var own = pipeline.DisplayName.Length + JobSuffix.Length > MaxDisplayName ? pipeline.DisplayName[..(MaxDisplayName - JobSuffix.Length)] : pipeline.DisplayName;
        return new CustomJob { DisplayName = own + JobSuffix, JobSpec = spec, EncryptionSpec = pipeline.EncryptionSpec?.Clone(), Labels = { pipeline.Labels } };
    }

    private static StatusException Missing(string name) => StatusException.NotFound($"TrainingPipeline '{name}' does not exist.");
}
