using Cairn.Data;
using Cairn.Data.Views;
using Cairn.Jobs.Accelerators;
using Cairn.Jobs.CustomJobs;
using Cairn.Jobs.Environments;
using Cairn.Jobs.Executors;
using Cairn.Jobs.Images;
using Cairn.Jobs.Limits;
using Cairn.Kernel.Database;
using Cairn.Kernel.Hosting;
using Cairn.Tracking.Runs.Jobs;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf;

namespace Cairn.Jobs.Tasks;

/// <summary>Writes down what an attempt of a job is to run.</summary>
internal sealed class TaskRecordFactory(
    ServerEnvironment server,
    TrainingImages images,
    IObjects objects,
    IBucketView views,
    Machine machine,
    AcceleratorPool accelerators,
    LimitKeeper limits,
    JobsOptions options,
    IDatabase database,
    IEnumerable<IJobRuns> runs,
    TimeProvider time
)
{
    /// <summary>The record of each replica, in order.</summary>
    /// <exception cref="Kernel.Errors.StatusException">An image cannot be run here any more.</exception>
    public async Task<IReadOnlyList<TaskRecord>> CreateAsync(TaskRow task, CustomJob job, CancellationToken cancellation)
    {
        var records = new List<TaskRecord>();
        var given = (task.Accelerators ?? []).ToList();
        foreach (var place in ClusterPlace.All(WorkerPools.Counts(job.JobSpec)))
        {
            var record = await CreateAsync(task, job, place, cancellation);
            records.Add(record with { Accelerators = Share(task, record.Resources, given) });
        }

        return records;
    }

    /// <summary>Takes a replica's accelerators out of those that the job was given.</summary>
    private IReadOnlyList<Accelerator>? Share(TaskRow task, TaskResources resources, List<Accelerator> given)
    {
        var share = given.Where(one => one.Type == resources.GpuType).Take(resources.Gpus).ToList();
        given.RemoveAll(share.Contains);
        return share.Count > 0 || (accelerators.Accelerators.Count > 0 && !Schedulers.Has(task.Executor))
            ? [.. share.Select(accelerators.Identify)]
            : null;
    }

    private async Task<TaskRecord> CreateAsync(TaskRow task, CustomJob job, ClusterPlace place, CancellationToken cancellation)
    {
        var name = CustomJobName.Parse(task.Job);
        var pool = job.JobSpec.WorkerPoolSpecs[place.Pool];
        var container = pool.ContainerSpec;
        var package = pool.PythonPackageSpec;
        var plan = await images.PlanAsync(container?.ImageUri ?? package.ExecutorImageUri);
        var run = await RunAsync(job, cancellation);
        var url = (options.Endpoint ?? server.HttpUrl()).ToString().TrimEnd('/');
        var reduction =
            plan.Interpreter is not null && place.IsWorker && HasReducers(job.JobSpec)
                ? Path.Combine(Path.GetDirectoryName(server.Executable)!, "reduction")
                : null;
        var environment = With(TaskEnvironment.Build(name, job.JobSpec, place, url, run, task.Trace), plan.Variables);
        if (reduction is not null)
        {
            environment["PYTHONPATH"] = environment.GetValueOrDefault("PYTHONPATH") is { Length: > 0 } paths
                ? $"{paths}:{reduction}"
                : reduction;
        }

        var tls = Schedulers.Has(task.Executor) ? null : server.TaskTls();
        return new TaskRecord
        {
            SecureEndpoint = tls?.Url.ToString().TrimEnd('/'),
            SecureCertificate = tls is null ? null : await File.ReadAllTextAsync(tls.CertificateFile, cancellation),
            Task = task.Id,
            Attempt = task.Attempt,
            Project = name.Project,
            Location = name.Location,
            Endpoint = url,
            EndpointFile = machine.EndpointFile,
            Place = place,
            Executor = task.Executor,
            Launcher = plan.Executor,
            Cairn = server.Executable,
            Command = container is { Command.Count: > 0 } ? [.. container.Command] : plan.EntryPoint,
            Arguments = [.. container?.Args ?? package.Args],
            Package = package is null ? null : new PythonPackage([.. package.PackageUris], package.PythonModule),
            Interpreter = plan.Interpreter,
            Image = plan.Image,
            ReadablePaths = reduction is null ? plan.Paths : [.. plan.Paths, reduction],
            Resources = TaskResources.Of(pool.MachineSpec),
            Limits = limits.Of(pool, task.Executor),
            ProgramFolders = plan.Program is { } program ? [Path.GetDirectoryName(program)!] : [],
            Environments = Environments(),
            JobSpec = JsonFormatter.Default.Format(job.JobSpec),
            Environment = environment,
            Run = run?.Uuid,
            FirstSample = FirstSample(task),
            Buckets = await BucketsAsync(name.Project, cancellation),
            OutputUri = job.JobSpec.BaseOutputDirectory?.OutputUriPrefix ?? "",
            Sandbox = options.Sandbox,
            Overlay = options.Overlay,
            TimeoutSeconds = Remaining(task, job).TotalSeconds,
            GraceSeconds = options.Grace.TotalSeconds,
        };
    }

    /// <summary>Whether the job's third pool is of reducers, whose client module its workers then find.</summary>
    private static bool HasReducers(CustomJobSpec spec) =>
        spec.WorkerPoolSpecs.Count > 2
        && spec.WorkerPoolSpecs[2].ReplicaCount > 0
        && TrainingImages.IsReductionServer(WorkerPools.Image(spec.WorkerPoolSpecs[2]));

    private static Dictionary<string, string> With(Dictionary<string, string> environment, IReadOnlyDictionary<string, string> more)
    {
        foreach (var (name, value) in more)
        {
            environment.TryAdd(name, value);
        }

        return environment;
    }

    /// <summary>A bucket's wheels are taken from its folder on this machine where it has one.</summary>
    private EnvironmentSettings Environments()
    {
        var links = options.PipFindLinks;
        if (
            links is not null
            && links.StartsWith("gs://", StringComparison.Ordinal)
            && GsUri.Parse(links, "--pip-find-links") is var uri
            && views.Directory(uri.Bucket) is { } view
        )
        {
            links = Path.Combine(view, uri.Object.TrimEnd('/'));
        }

        return new EnvironmentSettings(EnvironmentJanitor.Folder(server), options.PipIndex, links);
    }

    private async Task<TaskRun?> RunAsync(CustomJob job, CancellationToken cancellation)
    {
        var found = await database.ReadAsync(
            session => runs.Select(own => own.Find(session, job)).FirstOrDefault(static run => run is not null),
            cancellation
        );
        return found is { } run ? new TaskRun(run.Experiment.Id, run.Experiment.Slug, run.Run.Uuid, run.Run.Slug) : null;
    }

    /// <summary>At most as many samples as this were taken before: one each ten seconds, and a few more each attempt.</summary>
    private long FirstSample(TaskRow task) =>
        task.Started is { } started && task.Attempt > 1
            ? ((long)Math.Max(0, (time.GetUtcNow() - started).TotalSeconds) / 10) + (4 * (task.Attempt - 1))
            : 0;

    /// <summary>The timeout counts from the first attempt's start.</summary>
    private TimeSpan Remaining(TaskRow task, CustomJob job)
    {
        // Longer than a TimeSpan holds is as good as the longest.
        var asked = job.JobSpec.Scheduling?.Timeout is { } duration
            ? TimeSpan.FromSeconds(Math.Min(duration.Seconds + (duration.Nanos / 1e9), 9e11))
            : options.DefaultTimeout;
        var left = task.Started is { } started ? asked - (time.GetUtcNow() - started) : asked;
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private async Task<IReadOnlyList<BucketMount>> BucketsAsync(string project, CancellationToken cancellation)
    {
        var buckets = await objects.BucketsAsync(project, cancellation);

        // Pods do not see the server's objects as files, and copy what they need.
        return
        [
            .. buckets.Select(bucket => new BucketMount(
                bucket,
                options.Executor == JobsExecutor.Kubernetes ? null : views.Directory(bucket)
            )),
        ];
    }
}
