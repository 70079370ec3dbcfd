using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;

namespace Cairn.Kernel.Work;

/// <summary>
/// What is to be done, and goes on whatever happens to a server: an item is found again after a crash, by whichever server has a worker
/// of its kind. All calls are part of the caller's transaction, so that work and the state that it is about appear, change and end
/// together; the worker is woken when the transaction is durable.
/// </summary>
public interface IWork
{
    /// <summary>Adds an item whose first step is due at once. One that is there already is woken.</summary>
    /// <param name="session">The caller's transaction.</param>
    /// <param name="kind">The <see cref="WorkKind.Name"/> of its worker.</param>
    /// <param name="key">What it is about, unique in its kind; up to 1,024 characters.</param>
    /// <param name="note">What the first step is told.</param>
    void Enqueue(ISqlSession session, string kind, string key, byte[]? note = null);

    /// <summary>Makes the next step due now; if a step runs, another one follows it. Nothing where there is no such item.</summary>
    void Wake(ISqlSession session, string kind, string key);

    /// <summary>Asks the worker to end an item; a step that runs is told. Nothing where there is no such item.</summary>
    void Cancel(ISqlSession session, string kind, string key);

    /// <summary>
    /// Removes an item without another step; false where there is none. A step that runs is told, and what it still writes is refused.
    /// </summary>
    bool Remove(ISqlSession session, string kind, string key);

    /// <summary>Refuses a step's transaction when the item has been claimed again since, or removed.</summary>
    /// <exception cref="StatusException">ABORTED.</exception>
    void Require(ISqlSession session, WorkItem item);
}
