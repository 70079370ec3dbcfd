using Cairn.Kernel.Database;
using Google.LongRunning;
using Google.Protobuf;

namespace Cairn.Kernel.Operations;

/// <summary>Long-running operations, persisted before they are answered with.</summary>
public interface IOperations
{
    /// <summary>
    /// Records, in the caller's transaction, an operation that is done already: for work that the same transaction completes. Named
    /// <c>{parent}/operations/{id}</c> where parent is <c>projects/p/locations/l</c>.
    /// </summary>
    Operation Completed(ISqlSession session, string parent, IMessage response, IMessage? metadata = null);

    /// <summary>The completed operation of a resource that the caller's transaction deletes: an empty response, and the times.</summary>
    Operation Deleted(ISqlSession session, string parent);

    /// <summary>
    /// Records, in the caller's transaction, an operation that the handler named <paramref name="handler"/> runs once the transaction is
    /// durable. After a crash the handler runs again from the start, so it must be idempotent.
    /// </summary>
    Operation Enqueue(ISqlSession session, string parent, string handler, IMessage request, IMessage? metadata = null);
}
