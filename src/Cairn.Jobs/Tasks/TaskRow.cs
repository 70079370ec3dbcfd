using Cairn.Jobs.Accelerators;

namespace Cairn.Jobs.Tasks;

/// <summary>Where a task stands, as the server has recorded it.</summary>
internal enum TaskState
{
    /// <summary>In line.</summary>
    Queued,

    /// <summary>A machine has claimed it; its attempt's agent may or may not have been started.</summary>
    Starting,

    /// <summary>Its agent has begun.</summary>
    Running,

    /// <summary>Its job has its end state; what the attempt left is still to be put away.</summary>
    Ending,

    /// <summary>Nothing is left to do.</summary>
    Done,
}

/// <param name="Id">The job's number.</param>
/// <param name="Job">The job's full name.</param>
/// <param name="Machine">The machine that claimed it; empty while it is in line.</param>
/// <param name="Executor">The executor's name.</param>
/// <param name="Attempt">The current attempt; 0 while it is in line for the first time.</param>
/// <param name="Restarts">Attempts that were lost and begun anew.</param>
/// <param name="Cancel">Whether someone has asked it to end.</param>
/// <param name="Started">When its first attempt began.</param>
/// <param name="Replicas">How many replicas it has: the slots that it takes.</param>
/// <param name="Reserved">Since when free slots are gathered for it; null where they are not.</param>
/// <param name="Wanted">The accelerators that its replicas need of the machine together, as <see cref="AcceleratorCounts"/> writes
/// them.</param>
/// <param name="Accelerators">Those that it was given, from when it is claimed.</param>
/// <param name="Trace">The trace that it belongs to, as <see cref="TaskTrace"/> writes it; empty for none.</param>
internal sealed record TaskRow(
    string Id,
    string Job,
    string Project,
    TaskState State,
    string Machine,
    string Executor,
    int Attempt,
    int Restarts,
    bool Cancel,
    DateTimeOffset Enqueued,
    DateTimeOffset? Started,
    int Replicas = 1,
    DateTimeOffset? Reserved = null,
    string Wanted = "",
    IReadOnlyList<Accelerator>? Accelerators = null,
    string Trace = ""
);
