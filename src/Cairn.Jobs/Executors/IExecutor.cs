using Cairn.Jobs.Tasks;

namespace Cairn.Jobs.Executors;

/// <summary>
/// A place where tasks run. It starts an agent on an attempt's folder and says how the agent fares. It keeps no state of its own: a server that
/// has been restarted finds every task through the folder.
/// </summary>
internal interface IExecutor
{
    /// <summary>What configuration and task records call it: <c>process</c>, <c>podman</c>, <c>slurm</c>.</summary>
    string Name { get; }

    /// <summary>Why tasks cannot run here, in a sentence, or null where they can.</summary>
    string? Obstacle();

    /// <summary>
    /// Starts an agent. May be called again for an attempt whose agent is not seen yet: of several agents exactly one works.
    /// </summary>
    /// <exception cref="Kernel.Errors.StatusException">This task can never start here; the sentence says why.</exception>
    /// <exception cref="ExecutorAwayException">The scheduler does not answer just now.</exception>
    Task StartAsync(AttemptDirectory attempt, TaskRecord record, CancellationToken cancellation);

    /// <summary>Where the attempt stands.</summary>
    /// <exception cref="ExecutorAwayException">The scheduler does not answer just now.</exception>
    Task<AttemptStatus> ObserveAsync(AttemptDirectory attempt, CancellationToken cancellation);

    /// <summary>Ends the attempt's processes at once, where a polite request through the folder did not.</summary>
    Task KillAsync(AttemptDirectory attempt, CancellationToken cancellation);

    /// <summary>Removes what an attempt that is over may have left running or lying outside its folder.</summary>
    Task CleanAsync(AttemptDirectory attempt, CancellationToken cancellation);
}
