namespace Cairn.Kernel.Work;

/// <summary>
/// Does the long work of one kind, step by step. Registered in the container as one of many.
/// <para>
/// A step may be run again after it has done all or part of what it does: the server may die at any point, or lose the item to another
/// server while it is stalled. So each of its effects is one that can be repeated, and each of its transactions begins with <see
/// cref="IWork.Require"/>, which refuses it when somebody else has the item by now. The state of what the work is about is in the
/// resource, never here: an item says only that there is something to do.
/// </para>
/// </summary>
public interface IWorker
{
    WorkKind Kind { get; }

    /// <summary>
    /// Does the next step and says when the one after it is due. What it throws is written down, and the step is tried again after a
    /// while, whatever becomes of the other items: what cannot succeed is not thrown but ended, with its reason in the resource.
    /// </summary>
    /// <param name="item">The item as it was claimed.</param>
    /// <param name="lost">Fires when the item is cancelled, when another server has taken it over, and when this server stops.</param>
    Task<WorkStep> StepAsync(WorkItem item, CancellationToken lost);
}
