namespace Cairn.Jobs.Limits;

/// <summary>What each task, a replica of a job, may use of the machine that it runs on.</summary>
public sealed record LimitOptions
{
    /// <summary>Its memory: by default what its machine type has.</summary>
    public LimitSize Memory { get; init; } = LimitSize.OfJob;

    /// <summary>What its files may take on the disk: by default the boot disk that it asks for.</summary>
    public LimitSize Disk { get; init; } = LimitSize.OfJob;

    /// <summary>How many processes and threads it may have at once; null for no limit.</summary>
    public int? Processes { get; init; } = 4096;

    /// <summary>How many files each of its processes may have open; null for as many as the server.</summary>
    public int? OpenFiles { get; init; } = 16_384;

    /// <summary>Whether the kernel's control groups hold tasks to their memory and processes where the machine permits; else the tasks'
    /// agents look.</summary>
    public bool ControlGroups { get; init; } = true;
}
