namespace Cairn.Jobs.Executors.Slurm;

/// <summary>Written into a gang's folder when Slurm has taken its job: it is not submitted again.</summary>
/// <param name="Job">Slurm's number.</param>
/// <param name="Name">The name by which the job is found.</param>
public sealed record SlurmRecord(string Job, string Name, DateTimeOffset Submitted);
