using Cairn.Jobs.Tasks;

namespace Cairn.Jobs.Executors;

/// <summary>
/// A place where gangs run: the replicas of one attempt of a job. It starts an agent on each replica's folder and says how the agents fare.
/// It keeps no state of its own: a server that has been restarted finds every gang through its folder.
/// </summary>
internal interface IExecutor
{
    /// <summary>What configuration and task records call it: <c>process</c>, <c>podman</c>, <c>slurm</c>.</summary>
    string Name { get; }

    /// <summary>Why tasks cannot run here, in a sentence, or null where they can.</summary>
    string? Obstacle();

    /// <summary>
    /// Starts an agent on each replica that is <see cref="AttemptState.NotStarted"/>; the others it leaves alone. May be called again while
    /// some are: of several agents on a replica exactly one works.
    /// </summary>
    /// <exception cref="Kernel.Errors.StatusException">This gang can never start here; the sentence says why.</exception>
    /// <exception cref="ExecutorAwayException">The scheduler does not answer just now.</exception>
    Task StartAsync(Gang gang, CancellationToken cancellation);

    /// <summary>Where the replicas stand, in their order.</summary>
    /// <exception cref="ExecutorAwayException">The scheduler does not answer just now.</exception>
    Task<IReadOnlyList<AttemptStatus>> ObserveAsync(Gang gang, CancellationToken cancellation);

    /// <summary>
    /// Ends the gang's processes at once, where a polite request through the folders did not; withdraws what has not begun. Afterwards no
    /// replica is
    /// <see cref="AttemptState.Running"/> or, for long, <see cref="AttemptState.Waiting"/>.
    /// </summary>
    Task KillAsync(Gang gang, CancellationToken cancellation);

    /// <summary>Removes what a gang that is over may have left running or lying outside its folder.</summary>
    Task CleanAsync(Gang gang, CancellationToken cancellation);
}
