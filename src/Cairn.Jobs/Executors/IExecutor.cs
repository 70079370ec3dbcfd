using Cairn.Jobs.Tasks;

namespace Cairn.Jobs.Executors;

/// <summary>
/// A place where tasks run. It starts an agent on an attempt's folder and says how the agent fares. It keeps no state of its own: a server that
/// has been restarted finds every task through the folder.
/// </summary>
internal interface IExecutor
{
    /// <summary>What configuration and task records call it: <c>process</c>, <c>podman</c>.</summary>
    string Name { get; }

    /// <summary>Why tasks cannot run here, in a sentence, or null where they can.</summary>
    string? Obstacle();

    /// <summary>
    /// Starts an agent. May be called again for an attempt whose agent is not seen yet: of several agents exactly one works.
    /// </summary>
    Task StartAsync(AttemptDirectory attempt, TaskRecord record, CancellationToken cancellation);

    /// <summary>Where the attempt stands.</summary>
    AttemptState Observe(AttemptDirectory attempt);

    /// <summary>Ends the attempt's processes at once, where a polite request through the folder did not.</summary>
    Task KillAsync(AttemptDirectory attempt, CancellationToken cancellation);

    /// <summary>Removes what an attempt that is over may have left running or lying outside its folder.</summary>
    Task CleanAsync(AttemptDirectory attempt, CancellationToken cancellation);
}

internal enum AttemptState
{
    /// <summary>No agent has begun it, and none is at it.</summary>
    NotStarted,

    /// <summary>An agent has the task's lock.</summary>
    Running,

    /// <summary>There is an exit record.</summary>
    Ended,

    /// <summary>It was begun, no agent is at it, and it left no exit record: the agent was killed, or the machine went down.</summary>
    Lost,
}
