using Cairn.Jobs.Accelerators;
using Cairn.Jobs.Executors.Kubernetes;
using Cairn.Jobs.Executors.Slurm;
using Cairn.Jobs.Limits;

namespace Cairn.Jobs;

/// <summary>How this server runs jobs.</summary>
public sealed record JobsOptions
{
    /// <summary>Where jobs run.</summary>
    public JobsExecutor Executor { get; init; }

    /// <summary>How many tasks, replicas of jobs, run on this machine at once; others wait in line. At least 1.</summary>
    public int Slots { get; init; } = Math.Max(1, Environment.ProcessorCount);

    /// <summary>The accelerators of this machine, which are given to tasks that ask for some.</summary>
    public AcceleratorOptions Accelerators { get; init; } = new();

    /// <summary>What each task may use of its machine.</summary>
    public LimitOptions Limits { get; init; } = new();

    /// <summary>How long a job that needs more slots than are free lets narrower ones go before it.</summary>
    public TimeSpan ReserveAfter { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// How many tasks may be with a scheduler (Slurm, Kubernetes) at once, running or in its line; others wait in this server's.
    /// </summary>
    public int MaxSubmitted { get; init; } = 1000;

    /// <summary>The URL at which tasks reach this server, where it is not the one it listens at: on other machines.</summary>
    public Uri? Endpoint { get; init; }

    public SlurmOptions Slurm { get; init; } = new();

    public KubernetesOptions Kubernetes { get; init; } = new();

    /// <summary>Whether tasks that run as processes are kept in bubblewrap.</summary>
    public SandboxMode Sandbox { get; init; }

    /// <summary>
    /// Whether a task's buckets are writable folders by overlayfs, where the machine permits it; else it reads them, and writes below its
    /// output only.
    /// </summary>
    public bool Overlay { get; init; } = true;

    /// <summary>How long a task has between being asked to end and being killed.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a job may run whose <c>scheduling.timeout</c> is not set: Vertex's seven days.</summary>
    public TimeSpan DefaultTimeout { get; init; } = TimeSpan.FromDays(7);

    /// <summary>How often a job whose worker is lost is started again, where it asks for that.</summary>
    public int MaxRestarts { get; init; } = 3;

    /// <summary>How often running tasks are looked at.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How long the entries of jobs are kept with their runs.</summary>
    public TimeSpan JobLogRetention { get; init; } = TimeSpan.FromDays(400);

    /// <summary>How long other log entries are kept: thirty days, as Cloud Logging does.</summary>
    public TimeSpan LogRetention { get; init; } = TimeSpan.FromDays(30);

    /// <summary>
    /// The address of the package index from which what jobs require is installed, <see cref="Environments.EnvironmentSettings.PyPi"/>, or
    /// null for none.
    /// </summary>
    public string? PipIndex { get; init; } = Environments.EnvironmentSettings.PyPi;

    /// <summary>A folder of wheels from which it is installed: an absolute path, or <c>gs://bucket/folder</c>; null for none.</summary>
    public string? PipFindLinks { get; init; }

    /// <summary>How long a Python environment is kept that no task uses.</summary>
    public TimeSpan EnvironmentRetention { get; init; } = TimeSpan.FromDays(30);

    /// <summary>How many bytes environments may take together before the longest unused ones are removed.</summary>
    public long EnvironmentSpace { get; init; } = 20L << 30;

    /// <summary>How long a machine may be silent before its tasks count as lost.</summary>
    public TimeSpan MachineTimeout { get; init; } = TimeSpan.FromMinutes(5);
}
