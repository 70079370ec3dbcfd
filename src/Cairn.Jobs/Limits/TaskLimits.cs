using System.Globalization;
using Cairn.Jobs.Tasks;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Jobs.Limits;

/// <summary>What one replica may use of its machine. What is null is not limited.</summary>
public sealed record TaskLimits
{
    /// <summary>The most names (files, folders) that a task may have on the disk, so that it does not use up the disk's list of
    /// them.</summary>
    public const long MaxFiles = 2_000_000;

    /// <summary>The disk of a machine whose size is not asked for, as Vertex gives it.</summary>
    private const int UsualDiskGib = 100;

    private const string AskAdministrator = "Use less, or ask the server's administrator for more.";

    public SizeLimit? Memory { get; init; }

    /// <summary>Of its folders: <c>/tmp</c>, <c>/workspace</c>, and what it writes below <c>/gcs</c> until that is an object.</summary>
    public SizeLimit? Disk { get; init; }

    /// <summary>Processes and threads together.</summary>
    public int? Processes { get; init; }

    /// <summary>Of each process.</summary>
    public int? OpenFiles { get; init; }

    /// <summary>The control group in which the agent makes one for its task; null where it looks itself.</summary>
    public string? ControlGroup { get; init; }

    /// <param name="options">The server's configuration.</param>
    /// <param name="pool">What the job asks for.</param>
    /// <param name="scheduled">Whether a scheduler gives the replica its machine, and holds it to the memory that it asked for.</param>
    /// <param name="machine">The memory of this machine, in bytes.</param>
    /// <param name="group">The control group of this server's tasks, if it has one.</param>
    public static TaskLimits Of(LimitOptions options, WorkerPoolSpec pool, bool scheduled, long machine, string? group) =>
        new()
        {
            Memory = scheduled ? null : MemoryOf(options.Memory, pool.MachineSpec?.MachineType ?? "", machine / 10 * 9),
            Disk = DiskOf(options.Disk, pool.DiskSpec?.BootDiskSizeGb ?? 0),
            Processes = options.Processes,
            OpenFiles = options.OpenFiles,
            ControlGroup = scheduled ? null : group,
        };

    /// <param name="shared">A share of the memory that files in <c>/dev/shm</c> may take.</param>
    internal ProgramLimits OfProgram(long? shared = null) =>
        new()
        {
            Processes = Processes,
            OpenFiles = OpenFiles,
            SharedMemory = shared ?? Memory?.Bytes / 2,
        };

    private static SizeLimit? MemoryOf(LimitSize size, string type, long most)
    {
        if (!size.Asked)
        {
            return size.Bytes is { } bytes ? new SizeLimit(bytes, "what this server allows a task (--job-memory)", AskAdministrator) : null;
        }

        var own = MachineTypes.Size(type).MemoryMib * (1L << 20);
        return own > 0 && own <= most
            ? new SizeLimit(own, $"what its machine type {type} has", "Ask for a machine type with more memory.")
            : new SizeLimit(most, "nine tenths of what the server's machine has", "Use less, or run it on a larger machine.");
    }

    private static SizeLimit? DiskOf(LimitSize size, int gib) =>
        size switch
        {
            { Asked: false, Bytes: { } bytes } => new SizeLimit(bytes, "what this server allows a task (--job-disk)", AskAdministrator),
            { Asked: false } => null,
            _ when gib > 0 => new SizeLimit(
                (long)gib << 30,
                string.Create(CultureInfo.InvariantCulture, $"the {gib} GB that disk_spec.boot_disk_size_gb asks for"),
                "Ask for a larger disk."
            ),
            _ => new SizeLimit(
                (long)UsualDiskGib << 30,
                "what a task has whose disk_spec.boot_disk_size_gb is not set",
                "Ask for a larger disk."
            ),
        };
}
