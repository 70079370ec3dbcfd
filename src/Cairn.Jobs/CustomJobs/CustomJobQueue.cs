using Cairn.Jobs.Accelerators;
using Cairn.Jobs.Executors;
using Cairn.Jobs.Images;
using Cairn.Jobs.Tasks;
using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Security;
using Cairn.Kernel.Store;
using Cairn.Kernel.Time;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf.WellKnownTypes;

namespace Cairn.Jobs.CustomJobs;

/// <summary>Puts jobs in line and takes them out of it.</summary>
internal sealed class CustomJobQueue(
    IResourceStore store,
    TaskTable tasks,
    TaskSignal signal,
    TrainingImages images,
    ExecutorSet executors,
    AcceleratorPool accelerators,
    JobsOptions options,
    JobLineage lineage,
    InitialWeights weights,
    IIdSource ids,
    TimeProvider time
) : ICustomJobs
{
    public async Task<PreparedJob> PrepareAsync(string parent, CustomJob job, CancellationToken cancellation = default)
    {
        CustomJobValidator.Check(job);
        var name = CustomJobName.Under(parent, ids.NextNumber());
        var spec = job.JobSpec.Clone();
        spec.WorkerPoolSpecs[0].ReplicaCount = 1;
        var launchers = new HashSet<string>();
        foreach (var pool in WorkerPools.Used(spec))
        {
            launchers.Add(await LauncherAsync(pool, cancellation));
        }

        // Containers may stand beside processes: podman's executor looks after both.
        var executor = executors.For(launchers.Contains("podman") ? "podman" : "process");
        var replicas = WorkerPools.Replicas(spec);
        if (!Schedulers.Has(executor))
        {
            CheckMachine(spec, replicas);
        }

        var stored = new CustomJob
        {
            Name = name.ToString(),
            DisplayName = job.DisplayName,
            JobSpec = spec,
            State = JobState.Queued,
            EncryptionSpec = job.EncryptionSpec?.Clone(),
            Labels = { job.Labels },
        };
        await weights.ApplyAsync(name, stored.JobSpec, cancellation);
        return new PreparedJob(stored, executor, TaskTrace.Current());
    }

    /// <summary>Whether this machine has what the job asks for.</summary>
    private void CheckMachine(CustomJobSpec spec, int replicas)
    {
        if (replicas > options.Slots)
        {
            throw StatusException.FailedPrecondition(TaskLine.TooWide(replicas, options.Slots));
        }

        if (accelerators.Obstacle(accelerators.Wanted(spec)) is { } obstacle)
        {
            throw StatusException.FailedPrecondition(obstacle);
        }
    }

    /// <summary>How a pool's replicas are run, which is checked.</summary>
    private async Task<string> LauncherAsync(WorkerPoolSpec pool, CancellationToken cancellation)
    {
        var image = WorkerPools.Image(pool);
        var plan = await images.PlanAsync(image).WaitAsync(cancellation);
        if (plan.Program is not null && pool.ContainerSpec is null)
        {
            throw StatusException.InvalidArgument(
                $"The image '{image}' is mapped to '{plan.Program}', which runs no Python package: give a `container_spec` with a command, or name a Python image in `python_package_spec.executor_image_uri`."
            );
        }

        if (plan.Image is null && plan.EntryPoint.Count == 0 && pool.ContainerSpec is { Command.Count: 0 })
        {
            throw StatusException.InvalidArgument(
                $"The image '{image}' is mapped to the interpreter '{plan.Interpreter ?? plan.Program}', which has no entry point of its own: give `container_spec.command`, or map the image to a container in images.yaml."
            );
        }

        return plan.Executor;
    }

    public CustomJob Create(ISqlSession session, PreparedJob job, Principal creator)
    {
        var name = CustomJobName.Parse(job.Job.Name);

        // A scheduler has a line of its own for accelerators.
        var wanted = Schedulers.Has(job.Executor) ? AcceleratorCounts.None : accelerators.Wanted(job.Job.JobSpec);
        tasks.Insert(
            session,
            new TaskRow(
                name.Id,
                job.Job.Name,
                name.Project,
                TaskState.Queued,
                "",
                job.Executor,
                0,
                0,
                false,
                time.GetUtcNow(),
                null,
                WorkerPools.Replicas(job.Job.JobSpec),
                Wanted: wanted.ToString(),
                Trace: job.Trace
            )
        );
        lineage.Create(session, job.Job, creator);
        session.OnCommit(signal.Set);
        return store.Insert(session, CustomJobs.Kind, job.Job);
    }

    public void Cancel(ISqlSession session, string name)
    {
        var job =
            store.Find<CustomJob>(session, CustomJobs.Kind, name) ?? throw StatusException.NotFound($"CustomJob '{name}' does not exist.");
        if (CustomJobs.IsTerminal(job.State) || tasks.Find(session, CustomJobName.Parse(name).Id) is not { } task)
        {
            return;
        }

        if (task.State == TaskState.Queued)
        {
            job.State = JobState.Cancelled;
            job.EndTime = time.GetUtcNow().ToTimestamp();
            job.Error = new Google.Rpc.Status
            {
                Code = (int)Google.Rpc.Code.Cancelled,
                Message = "The job was cancelled before it started.",
            };
            tasks.Update(session, task with { State = TaskState.Done, Cancel = true });
        }
        else
        {
            job.State = JobState.Cancelling;
            tasks.Update(session, task with { Cancel = true });
        }

        store.Update(session, CustomJobs.Kind, job);
        lineage.Write(session, job);
        session.OnCommit(signal.Set);
    }
}
