namespace Cairn.Kernel.Work.Chores;

/// <summary>
/// A chore that one server of a store does at a time, as durable work: a kind of its own with one item. A server that dies in the middle of
/// a run leaves it to the next one when its lease ends; a run that fails is tried again after 1, 2, 4, … seconds, and at the latest when
/// the next one would have been due.
/// </summary>
public sealed class StoreChore(IChore inner) : IWorker
{
    /// <summary>The key of the one item.</summary>
    public const string Key = "-";

    /// <summary>What is known of it.</summary>
    public Chore Chore => inner.Chore;

    public WorkKind Kind { get; } = new(inner.Chore.Kind, AtOnce: 1) { MaxBackoff = inner.Chore.Every };

    public async Task<WorkStep> StepAsync(WorkItem item, CancellationToken lost)
    {
        await inner.RunAsync(lost);
        return WorkStep.Again(inner.Chore.Every);
    }
}
