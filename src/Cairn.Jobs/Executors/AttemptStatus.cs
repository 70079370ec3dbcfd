using Cairn.Jobs.Tasks;
using Google.Rpc;

namespace Cairn.Jobs.Executors;

/// <summary>Where a replica stands, and what the place where it runs knows of its end.</summary>
/// <param name="Loss">Why it was lost, where the executor knows; null where it does not, or where it was not lost.</param>
internal sealed record AttemptStatus(AttemptState State, AttemptLoss? Loss = null)
{
    /// <summary>Whether an agent was at it and will not be again.</summary>
    public bool IsOver => State is AttemptState.Ended or AttemptState.Lost;

    public static implicit operator AttemptStatus(AttemptState state) => new(state);
}

/// <summary>What a scheduler says of a task that ended without its agent's word.</summary>
/// <param name="Reason">A sentence for the person whose job it is.</param>
/// <param name="Final">Whether another attempt would end alike (its memory did not suffice) or is not wanted (someone ended it).</param>
internal sealed record AttemptLoss(string Reason, Code Code = Code.Unavailable, bool Final = false)
{
    public TaskOutcome Outcome { get; init; } = TaskOutcome.Failed;
}

internal enum AttemptState
{
    /// <summary>No agent has begun it, none is at it, and none is on its way.</summary>
    NotStarted,

    /// <summary>It is in a scheduler's line, or its agent was started and has not begun.</summary>
    Waiting,

    /// <summary>An agent has the replica's lock.</summary>
    Running,

    /// <summary>There is an exit record.</summary>
    Ended,

    /// <summary>It was begun, no agent is at it, and it left no exit record: the agent was killed, or the machine went down.</summary>
    Lost,
}
