namespace Cairn.Kernel.Work.Chores;

/// <summary>
/// What a server does by itself, again and again: sweeps, the end of what is old, tidying. One run of a chore at a time; one that fails is
/// logged, tried again, and holds up no other. It is registered by <see cref="ChoreServices"/>, which says whether one server of a store
/// does it, or each server.
/// </summary>
public interface IChore
{
    Chore Chore { get; }

    /// <summary>One run. What it did before it was broken off stays done: the next run finds what is left.</summary>
    /// <param name="cancellation">Fires when this server stops, and when another has taken the chore over.</param>
    Task RunAsync(CancellationToken cancellation);
}
