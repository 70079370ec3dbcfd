using Cairn.Jobs.Tasks;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Operations;
using Cairn.Kernel.Rpc;
using Cairn.Kernel.Security;
using Cairn.Kernel.Store;
using Google.Cloud.AIPlatform.V1;
using Google.LongRunning;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace Cairn.Jobs.CustomJobs;

/// <summary>Vertex's <c>JobService</c>: so far its custom jobs.</summary>
internal sealed class JobService(IResourceStore store, ICustomJobs queue, TaskTable tasks, TaskSignal signal, IOperations operations)
    : IRpcService
{
    public ServiceDescriptor Descriptor => JobServiceReflection.Descriptor.FindTypeByName<ServiceDescriptor>("JobService");

    /// <summary>Checks the job and puts it in line.</summary>
    [Permission("aiplatform.customJobs.create")]
    public async Task<CustomJob> CreateCustomJob(CreateCustomJobRequest request, CallContext context)
    {
        context.RequireProject(request.Parent);
        var job = request.CustomJob ?? throw StatusException.InvalidArgument("`custom_job` is missing.");
        var prepared = await queue.PrepareAsync(request.Parent, job, context.Cancellation);
        return await store.WriteAsync(session => queue.Create(session, prepared, context.Caller), context.Cancellation);
    }

    [Permission("aiplatform.customJobs.get")]
    public Task<CustomJob> GetCustomJob(GetCustomJobRequest request, CallContext context)
    {
        context.RequireProject(request.Name);
        return store.GetAsync<CustomJob>(CustomJobs.Kind, CustomJobName.Parse(request.Name).ToString(), context.Cancellation);
    }

    [Permission("aiplatform.customJobs.list")]
    public async Task<ListCustomJobsResponse> ListCustomJobs(ListCustomJobsRequest request, CallContext context)
    {
        context.RequireProject(request.Parent);
        var query = new ListQuery(CustomJobName.Under(request.Parent, "-").Parent, request.Filter, "", request.PageSize, request.PageToken);
        var page = await store.ListAsync<CustomJob>(CustomJobs.Kind, query, context.Cancellation);
        return new ListCustomJobsResponse { CustomJobs = { page.Items }, NextPageToken = page.NextPageToken };
    }

    /// <summary>Asks a job to end. One that waits ends at once; one that has ended stays as it is.</summary>
    [Permission("aiplatform.customJobs.cancel")]
    public async Task<Empty> CancelCustomJob(CancelCustomJobRequest request, CallContext context)
    {
        context.RequireProject(request.Name);
        var name = CustomJobName.Parse(request.Name).ToString();
        await store.WriteAsync(
            session =>
            {
                queue.Cancel(session, name);
                return true;
            },
            context.Cancellation
        );
        return new Empty();
    }

    /// <summary>Deletes a job that has ended. Its log stays.</summary>
    [Permission("aiplatform.customJobs.delete")]
    public async Task<Operation> DeleteCustomJob(DeleteCustomJobRequest request, CallContext context)
    {
        context.RequireProject(request.Name);
        var name = CustomJobName.Parse(request.Name);
        return await store.WriteAsync(
            session =>
            {
                var job = store.Find<CustomJob>(session, CustomJobs.Kind, name.ToString()) ?? throw Missing(name);
                if (!CustomJobs.IsTerminal(job.State))
                {
                    throw StatusException.FailedPrecondition(
                        $"CustomJob '{name}' is in the state JOB_STATE_{job.State.ToString().ToUpperInvariant()}; cancel it, and delete it when it has ended."
                    );
                }

                store.Delete(session, CustomJobs.Kind, name.ToString());
                tasks.MarkDeleted(session, name.Id);
                session.OnCommit(signal.Set);
                return operations.Deleted(session, name.Parent);
            },
            context.Cancellation
        );
    }

    private static StatusException Missing(CustomJobName name) => StatusException.NotFound($"CustomJob '{name}' does not exist.");
}
