using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;

namespace Cairn.Kernel.Work;

/// <summary>The table of work, as those see it who have something done.</summary>
public sealed class WorkQueue(WorkSignal signal, TimeProvider time) : IWork
{
    private const int MaxKey = 1_024;

    public static MigrationSet Migrations => WorkTable.Migrations;

    public void Enqueue(ISqlSession session, string kind, string key, byte[]? note = null)
    {
        if (key.Length is 0 or > MaxKey)
        {
            throw new ArgumentException(
                $"The key of work of the kind '{kind}' has {key.Length} characters; it must have 1 to {MaxKey}.",
                nameof(key)
            );
        }

        if (!WorkTable.Wake(session, kind, key, time.GetUtcNow()))
        {
            WorkTable.Insert(session, kind, key, note, time.GetUtcNow());
        }

        session.OnCommit(signal.Pulse);
    }

    public void Wake(ISqlSession session, string kind, string key)
    {
        if (WorkTable.Wake(session, kind, key, time.GetUtcNow()))
        {
            session.OnCommit(signal.Pulse);
        }
    }

    public void Cancel(ISqlSession session, string kind, string key)
    {
        WorkTable.Cancel(session, kind, key);
        Wake(session, kind, key);
    }

    public bool Remove(ISqlSession session, string kind, string key)
    {
        session.OnCommit(signal.Pulse);
        return WorkTable.Delete(session, kind, key);
    }

    public void Require(ISqlSession session, WorkItem item)
    {
        if (!WorkTable.Holds(session, item))
        {
            throw StatusException.Aborted($"'{item.Key}' is done by somebody else by now, or has ended.");
        }
    }
}
