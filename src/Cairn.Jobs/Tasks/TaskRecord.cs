using System.Text.Json.Serialization;
using Cairn.Jobs.Accelerators;
using Cairn.Jobs.Environments;
using Cairn.Jobs.Limits;

namespace Cairn.Jobs.Tasks;

/// <summary>
/// Everything the agent needs to run one replica in one attempt of a task, written by the server before the agent is started. The token is
/// not in it. What has a usual value can be set, not only initialised: the reader of JSON that the compiler generates makes null or zero of
/// an initialised one that the record of an older server does not have.
/// </summary>
public sealed record TaskRecord
{
    /// <summary>The task's id: its job's number.</summary>
    public required string Task { get; init; }

    /// <summary>1 for the first attempt.</summary>
    public required int Attempt { get; init; }

    public required string Project { get; init; }

    public required string Location { get; init; }

    /// <summary><c>workerpool0-0</c>: the replica, as Vertex names it in logs.</summary>
    [JsonIgnore]
    public string Replica => Place.Name;

    /// <summary>What a program in a sandbox takes its machine to be called.</summary>
    [JsonIgnore]
    public string HostName
    {
        get => field ?? Replica;
        init;
    }

    /// <summary>Which replica of the job it is.</summary>
    public ClusterPlace Place { get; set; } = ClusterPlace.Single;

    /// <summary>The URL of the server's REST doors when this was written.</summary>
    public required string Endpoint { get; init; }

    /// <summary>The file in which the server keeps its present URL, for when it comes back at another one.</summary>
    public required string EndpointFile { get; init; }

    /// <summary>
    /// The server under TLS, for programs that speak nothing else: the URL when this was written; null where there is none.
    /// </summary>
    public string? SecureEndpoint { get; init; }

    /// <summary>The certificate that such programs are to trust, in PEM; null where there is none.</summary>
    public string? SecureCertificate { get; init; }

    /// <summary>The name of the executor that runs it: <c>process</c>, <c>podman</c>, <c>slurm</c>, <c>kubernetes</c>.</summary>
    public required string Executor { get; init; }

    /// <summary>
    /// How the agent runs the program on its machine: <c>process</c> or <c>podman</c>. The executor's name where it says that already.
    /// </summary>
    public string Launcher
    {
        get => field ?? Executor;
        init;
    }

    /// <summary>The <c>cairn</c> program, which is the agent and the helper that mounts where there is no native one.</summary>
    public required string Cairn { get; init; }

    /// <summary>The program and its arguments. Empty for a container that runs its image's own entry point.</summary>
    public IReadOnlyList<string> Command { get; set; } = [];

    /// <summary>Arguments after the command, or after the image's entry point.</summary>
    public IReadOnlyList<string> Arguments { get; set; } = [];

    /// <summary>Set for a Python package: what to fetch and which module to run.</summary>
    public PythonPackage? Package { get; init; }

    /// <summary>The Python interpreter of the local environment; also what <c>python3</c> on the task's PATH is.</summary>
    public string? Interpreter { get; init; }

    /// <summary>The container image, for an executor that runs containers.</summary>
    public string? Image { get; init; }

    /// <summary>What it needs of a machine.</summary>
    public TaskResources Resources { get; set; } = new(0, 0);

    /// <summary>What it may use of its machine.</summary>
    public TaskLimits Limits { get; set; } = new();

    /// <summary>The accelerators of its machine that it was given, which may be none; null where the server gives none away.</summary>
    public IReadOnlyList<Accelerator>? Accelerators { get; init; }

    /// <summary>The job's specification as JSON, which <c>CLUSTER_SPEC</c> repeats.</summary>
    public string? JobSpec { get; init; }

    /// <summary>The environment of the task but for its token and for what is known only when all replicas have met.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; set; } = new Dictionary<string, string>();

    /// <summary>Buckets that the task sees as <c>/gcs/BUCKET</c>.</summary>
    public IReadOnlyList<BucketMount> Buckets { get; set; } = [];

    /// <summary><c>gs://bucket/prefix/</c> below which the task's outputs are expected; empty for none.</summary>
    public string OutputUri { get; set; } = "";

    /// <summary>Whether a process is kept in bubblewrap.</summary>
    public SandboxMode Sandbox { get; init; }

    /// <summary>Whether buckets are mounted by overlayfs, where the machine permits it.</summary>
    public bool Overlay { get; set; } = true;

    /// <summary>Folders outside the system that the task may read, such as a virtual environment.</summary>
    public IReadOnlyList<string> ReadablePaths { get; set; } = [];

    /// <summary>Folders of programs that come first on the task's PATH.</summary>
    public IReadOnlyList<string> ProgramFolders { get; set; } = [];

    /// <summary>Where what its packages require is installed; null for tasks that may not have anything installed.</summary>
    public EnvironmentSettings? Environments { get; init; }

    /// <summary>How long the task may run, in seconds.</summary>
    public required double TimeoutSeconds { get; init; }

    /// <summary>How long it has between being asked to end and being killed, in seconds.</summary>
    public double GraceSeconds { get; set; } = 10;

    /// <summary>MLflow's id of the run that the job is, or null where there is none.</summary>
    public string? Run { get; init; }

    /// <summary>The number of this attempt's first sample of usage: above those of earlier attempts.</summary>
    public long FirstSample { get; init; }

    /// <summary>How many bytes of its output are kept.</summary>
    public long MaxLogBytes { get; set; } = 256L << 20;
}

/// <param name="Bucket">The bucket's name.</param>
/// <param name="View">A folder that holds its objects as files, or null for a bucket that is empty so far.</param>
public sealed record BucketMount(string Bucket, string? View);

/// <param name="Uris">Archives in the object store, in the order in which they are installed.</param>
/// <param name="Module">What is run: <c>trainer.task</c>.</param>
public sealed record PythonPackage(IReadOnlyList<string> Uris, string Module);
