namespace Cairn.Jobs.Executors.Slurm;

/// <summary>How this server's jobs are submitted to Slurm.</summary>
public sealed record SlurmOptions
{
    /// <summary>The partition; the cluster's default where null.</summary>
    public string? Partition { get; init; }

    public string? Account { get; init; }

    public string? Qos { get; init; }

    /// <summary>More options of <c>sbatch</c>, each as <c>--name=value</c>. They come last, and so win.</summary>
    public IReadOnlyList<string> Submit { get; init; } = [];

    /// <summary>What Slurm calls the accelerators: <c>NVIDIA_TESLA_V100</c> to <c>v100</c>. One that is not here is any GPU.</summary>
    public IReadOnlyDictionary<string, string> Gpus { get; init; } = new Dictionary<string, string>();

    /// <summary>The path of <c>slurm.conf</c>; where Slurm itself looks for it where null.</summary>
    public string? Configuration { get; init; }

    /// <summary>The folder of Slurm's programs; looked for in the usual ones where null.</summary>
    public string? Programs { get; init; }

    /// <summary>How often the queue is asked for at most.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How long a file that a node has written may take to be seen by the server: as long as its file system keeps attributes.
    /// </summary>
    public TimeSpan FileDelay { get; init; } = TimeSpan.FromSeconds(15);
}
