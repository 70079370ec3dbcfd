using Cairn.Jobs.Images;
using Cairn.Jobs.Tasks;
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

namespace Cairn.Jobs.CustomJobs;

/// <summary>Vertex's <c>JobService</c>: so far its custom jobs.</summary>
internal sealed class JobService(
    IResourceStore store, TaskTable tasks, TaskSignal signal, IOperations operations, TrainingImages images, JobLineage lineage, IIdSource ids, TimeProvider time) : IRpcService
{
    public ServiceDescriptor Descriptor => JobServiceReflection.Descriptor.FindTypeByName<ServiceDescriptor>("JobService");

    /// <summary>Checks the job and puts it in line.</summary>
    [Permission("aiplatform.customJobs.create")]
    public async Task<CustomJob> CreateCustomJob(CreateCustomJobRequest request, CallContext context)
    {
        context.RequireProject(request.Parent);
        var job = request.CustomJob ?? throw StatusException.InvalidArgument("`custom_job` is missing.");
        CustomJobValidator.Check(job);
        var name = CustomJobName.Under(request.Parent, ids.NextNumber());
        var pool = job.JobSpec.WorkerPoolSpecs[0];
        var image = pool.ContainerSpec?.ImageUri ?? pool.PythonPackageSpec.ExecutorImageUri;
        var plan = await images.PlanAsync(image);
        if (plan.Interpreter is not null && pool.ContainerSpec is { Command.Count: 0 })
        {
            throw StatusException.InvalidArgument(
                $"The image '{image}' is mapped to the interpreter '{plan.Interpreter}', which has no entry point of its own: give `container_spec.command`, or map the image to a container in images.yaml.");
        }

        var stored = new CustomJob
        {
            Name = name.ToString(),
            DisplayName = job.DisplayName,
            JobSpec = job.JobSpec.Clone(),
            State = JobState.Queued,
            EncryptionSpec = job.EncryptionSpec?.Clone(),
            Labels = { job.Labels },
        };
        stored.JobSpec.WorkerPoolSpecs[0].ReplicaCount = 1;
        var created = await store.WriteAsync(
            session =>
            {
                tasks.Insert(session, new TaskRow(name.Id, name.ToString(), name.Project, TaskState.Queued, "", plan.Executor, 0, 0, false, time.GetUtcNow(), null));
                lineage.Create(session, stored, context.Caller);
                return store.Insert(session, CustomJobs.Kind, stored);
            },
            context.Cancellation);
        signal.Set();
        return created;
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
        var name = CustomJobName.Parse(request.Name);
        await store.WriteAsync(
            session =>
            {
                var job = store.Find<CustomJob>(session, CustomJobs.Kind, name.ToString()) ?? throw Missing(name);
                if (CustomJobs.IsTerminal(job.State) || tasks.Find(session, name.Id) is not { } task)
                {
                    return false;
                }

                if (task.State == TaskState.Queued)
                {
                    job.State = JobState.Cancelled;
                    job.EndTime = time.GetUtcNow().ToTimestamp();
                    job.Error = new Google.Rpc.Status { Code = (int)Google.Rpc.Code.Cancelled, Message = "The job was cancelled before it started." };
                    tasks.Update(session, task with { State = TaskState.Done, Cancel = true });
                }
                else
                {
                    job.State = JobState.Cancelling;
                    tasks.Update(session, task with { Cancel = true });
                }

                store.Update(session, CustomJobs.Kind, job);
                lineage.Write(session, job);
                return true;
            },
            context.Cancellation);
        signal.Set();
        return new Empty();
    }

    /// <summary>Deletes a job that has ended. Its log stays.</summary>
    [Permission("aiplatform.customJobs.delete")]
    public async Task<Operation> DeleteCustomJob(DeleteCustomJobRequest request, CallContext context)
    {
        context.RequireProject(request.Name);
        var name = CustomJobName.Parse(request.Name);
        var operation = await store.WriteAsync(
            session =>
            {
                var job = store.Find<CustomJob>(session, CustomJobs.Kind, name.ToString()) ?? throw Missing(name);
                if (!CustomJobs.IsTerminal(job.State))
                {
                    throw StatusException.FailedPrecondition($"CustomJob '{name}' is in the state JOB_STATE_{job.State.ToString().ToUpperInvariant()}; cancel it, and delete it when it has ended.");
                }

                store.Delete(session, CustomJobs.Kind, name.ToString());
                tasks.MarkDeleted(session, name.Id);
                return operations.Completed(session, name.Parent, new Empty(), new DeleteOperationMetadata
                {
                    GenericMetadata = new GenericOperationMetadata { CreateTime = time.GetUtcNow().ToTimestamp(), UpdateTime = time.GetUtcNow().ToTimestamp() },
                });
            },
            context.Cancellation);
        signal.Set();
        return operation;
    }

    private static StatusException Missing(CustomJobName name) => StatusException.NotFound($"CustomJob '{name}' does not exist.");
}
