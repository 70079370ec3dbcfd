using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Operations;
using Cairn.Kernel.Rpc;
using Cairn.Kernel.Security;
using Cairn.Kernel.Store;
using Cairn.Tuning;
using Cairn.TuningJobs.Storage;
using Google.Cloud.AIPlatform.V1;
using Google.LongRunning;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace Cairn.TuningJobs;

/// <summary>The tuning jobs of Vertex's <c>JobService</c>.</summary>
internal sealed class TuningJobService(IHyperparameterTuningJobs jobs, IResourceStore store, IDatabase database, IOperations operations)
    : IRpcService
{
    public ServiceDescriptor Descriptor => JobServiceReflection.Descriptor.FindTypeByName<ServiceDescriptor>("JobService");

    /// <summary>Checks the job and stores it; its trials begin by themselves.</summary>
    [Permission("aiplatform.hyperparameterTuningJobs.create")]
    public async Task<HyperparameterTuningJob> CreateHyperparameterTuningJob(
        CreateHyperparameterTuningJobRequest request,
        CallContext context
    )
    {
        context.RequireProject(request.Parent);
        var given = request.HyperparameterTuningJob ?? throw StatusException.InvalidArgument("`hyperparameter_tuning_job` is missing.");
        var prepared = await jobs.PrepareAsync(request.Parent, given, StudyHeaders.Read(context), context.Cancellation);
        return await store.WriteAsync(session => jobs.Create(session, prepared, context.Caller), context.Cancellation);
    }

    [Permission("aiplatform.hyperparameterTuningJobs.get")]
    public async Task<HyperparameterTuningJob> GetHyperparameterTuningJob(GetHyperparameterTuningJobRequest request, CallContext context)
    {
        context.RequireProject(request.Name);
        var name = TuningJobName.Parse(request.Name).ToString();
        return await database.ReadAsync(session => jobs.Find(session, name), context.Cancellation)
            ?? throw StatusException.NotFound($"HyperparameterTuningJob '{name}' does not exist.");
    }

    /// <summary>Jobs with their trials.</summary>
    [Permission("aiplatform.hyperparameterTuningJobs.list")]
    public async Task<ListHyperparameterTuningJobsResponse> ListHyperparameterTuningJobs(
        ListHyperparameterTuningJobsRequest request,
        CallContext context
    )
    {
        context.RequireProject(request.Parent);
        var query = new ListQuery(TuningJobName.Under(request.Parent, "-").Parent, request.Filter, "", request.PageSize, request.PageToken);
        var page = await store.ListAsync<HyperparameterTuningJob>(TuningJobKind.Kind, query, context.Cancellation);
        await database.ReadAsync(
            session =>
            {
                foreach (var job in page.Items)
                {
                    job.Trials.Clear();
                    job.Trials.AddRange(TuningTrialTable.Bodies(session, job.Name));
                }

                return true;
            },
            context.Cancellation
        );
        return new ListHyperparameterTuningJobsResponse { HyperparameterTuningJobs = { page.Items }, NextPageToken = page.NextPageToken };
    }

    /// <summary>Asks a job to end. One that has ended stays as it is.</summary>
    [Permission("aiplatform.hyperparameterTuningJobs.cancel")]
    public async Task<Empty> CancelHyperparameterTuningJob(CancelHyperparameterTuningJobRequest request, CallContext context)
    {
        context.RequireProject(request.Name);
        var name = TuningJobName.Parse(request.Name).ToString();
        await store.WriteAsync(
            session =>
            {
                jobs.Cancel(session, name);
                return true;
            },
            context.Cancellation
        );
        return new Empty();
    }

    /// <summary>Deletes a job that has ended, with its study. The custom jobs of its trials stay.</summary>
    [Permission("aiplatform.hyperparameterTuningJobs.delete")]
    public Task<Operation> DeleteHyperparameterTuningJob(DeleteHyperparameterTuningJobRequest request, CallContext context)
    {
        context.RequireProject(request.Name);
        var name = TuningJobName.Parse(request.Name);
        return jobs.DeleteAsync(
            name.ToString(),
            session =>
            {
                return operations.Deleted(session, name.Parent);
            },
            context.Cancellation
        );
    }
}
