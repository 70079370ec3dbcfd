namespace Cairn.Jobs;

/// <summary>Where a server runs its jobs.</summary>
public enum JobsExecutor
{
    /// <summary>On the server's machine: as processes, or under podman, as the image says.</summary>
    Local,

    /// <summary>On the nodes of a Slurm cluster.</summary>
    Slurm,

    /// <summary>In pods of a Kubernetes cluster.</summary>
    Kubernetes,
}
