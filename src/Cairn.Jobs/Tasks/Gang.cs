namespace Cairn.Jobs.Tasks;

/// <summary>One attempt of a job: all its replicas, which start together and end together.</summary>
/// <param name="Directory">The attempt's folder.</param>
/// <param name="Record">What it consists of.</param>
/// <param name="Replicas">The replicas in the order of their ordinals; never empty.</param>
internal sealed record Gang(GangDirectory Directory, GangRecord Record, IReadOnlyList<Replica> Replicas)
{
    /// <summary>Asks all replicas to end, because the job is cancelled.</summary>
    public void RequestStop()
    {
        foreach (var replica in Replicas)
        {
            replica.Directory.RequestStop();
        }
    }

    /// <summary>Whether an agent is at any of its replicas.</summary>
    public bool IsLocked() => Replicas.Any(static replica => replica.Directory.IsLocked());
}

/// <param name="Directory">The replica's part of the attempt's folder.</param>
/// <param name="Record">What it is to run.</param>
internal sealed record Replica(AttemptDirectory Directory, TaskRecord Record);
