using Cairn.Jobs.Tasks;

namespace Cairn.Jobs.Executors;

/// <summary>
/// A place where gangs run: the replicas of one attempt of a job. It starts an agent on each replica's folder and says how the agents fare. It keeps no state of
/// its own: a server that has been restarted finds every gang through its folder.
/// </summary>
internal interface IExecutor
{
    /// <summary>What configuration and task records call it: <c>process</c>, <c>podman</c>.</summary>
    string Name { get; }

    /// <summary>Why tasks cannot run here, in a sentence, or null where they can.</summary>
    string? Obstacle();

    /// <summary>
    /// Starts an agent on each replica that is <see cref="AttemptState.NotStarted"/>; the others it leaves alone. May be called again while some are: of several
    /// agents on a replica exactly one works.
    /// </summary>
    Task StartAsync(Gang gang, CancellationToken cancellation);

    /// <summary>Where the replicas stand, in their order.</summary>
    IReadOnlyList<AttemptState> Observe(Gang gang);

    /// <summary>
    /// Ends the gang's processes at once, where a polite request through the folders did not; withdraws what has not begun. Afterwards no replica is
    /// <see cref="AttemptState.Running"/> or, for long, <see cref="AttemptState.Pending"/>.
    /// </summary>
    Task KillAsync(Gang gang, CancellationToken cancellation);

    /// <summary>Removes what a gang that is over may have left running or lying outside its folder.</summary>
    Task CleanAsync(Gang gang, CancellationToken cancellation);
}

internal enum AttemptState
{
    /// <summary>No agent has begun it, none is at it, and none is on its way.</summary>
    NotStarted,

    /// <summary>An agent was started, or waits for a place to run, and has not begun.</summary>
    Pending,

    /// <summary>An agent has the replica's lock.</summary>
    Running,

    /// <summary>There is an exit record.</summary>
    Ended,

    /// <summary>It was begun, no agent is at it, and it left no exit record: the agent was killed, or the machine went down.</summary>
    Lost,
}
