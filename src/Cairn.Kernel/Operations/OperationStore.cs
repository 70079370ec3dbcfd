using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Store;
using Cairn.Kernel.Time;
using Cairn.Kernel.Work;
using Google.Cloud.AIPlatform.V1;
using Google.LongRunning;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Cairn.Kernel.Operations;

/// <summary>Writes operations, and what those that have not ended are to do.</summary>
public sealed class OperationStore(
    IResourceStore store,
    IDatabase database,
    IWork work,
    TimeProvider time,
    IIdSource ids,
    OperationSignal signal
) : IOperations
{
    public static MigrationSet Migrations => OperationSchema.Migrations;

    public Operation Completed(ISqlSession session, string parent, IMessage response, IMessage? metadata = null) =>
        store.Insert(
            session,
            OperationKind.Operation,
            New(
                parent,
                metadata,
                operation =>
                {
                    operation.Done = true;
                    operation.Response = Any.Pack(response);
                }
            )
        );

    public Operation Deleted(ISqlSession session, string parent)
    {
        var now = time.GetUtcNow().ToTimestamp();
        return Completed(
            session,
            parent,
            new Empty(),
            new DeleteOperationMetadata
            {
                GenericMetadata = new GenericOperationMetadata { CreateTime = now, UpdateTime = now },
            }
        );
    }

    public Operation Enqueue(ISqlSession session, string parent, string handler, IMessage request, IMessage? metadata = null)
    {
        var operation = store.Insert(session, OperationKind.Operation, New(parent, metadata, static _ => { }));
        session.Execute(
            "INSERT INTO operation_work (name, handler, request) VALUES ($1, $2, $3)",
            operation.Name,
            handler,
            Any.Pack(request).ToByteArray()
        );
        work.Enqueue(session, OperationWorker.KindName, operation.Name);
        return operation;
    }

    /// <summary>What an operation is to do; null where it has ended.</summary>
    internal Task<OperationWork?> PendingAsync(string name, CancellationToken cancellation) =>
        database.ReadAsync(
            session =>
                session.QueryFirst<OperationWork?>(
                    "SELECT handler, request FROM operation_work WHERE name = $1",
                    static row => new OperationWork(row.GetString(0), StoredMessage.Read(Any.Parser, row.GetFieldValue<byte[]>(1))),
                    name
                ),
            cancellation
        );

    /// <summary>
    /// Ends an operation once, with a response or an error, unless another server has its work by now. Whoever cancels it meanwhile is too
    /// late.
    /// </summary>
    internal Task EndAsync(WorkItem item, Action<Operation> outcome) =>
        store.WriteAsync(session =>
        {
            work.Require(session, item);
            work.Remove(session, item.Kind, item.Key);
            session.Execute("DELETE FROM operation_work WHERE name = $1", item.Key);
            if (store.Find<Operation>(session, OperationKind.Operation, item.Key) is { Done: false } operation)
            {
                outcome(operation);
                operation.Done = true;
                store.Update(session, OperationKind.Operation, operation);
            }

            session.OnCommit(signal.Pulse);
            return true;
        });

    /// <summary>Asks for an operation's end, on whichever server it runs.</summary>
    internal Task CancelAsync(string name, CancellationToken cancellation) =>
        store.WriteAsync(
            session =>
            {
                if (store.Find<Operation>(session, OperationKind.Operation, name) is null)
                {
                    throw StatusException.NotFound($"Operation '{name}' does not exist.");
                }

                work.Cancel(session, OperationWorker.KindName, name);
                return true;
            },
            cancellation
        );

    internal Task<bool> DeleteAsync(string name, CancellationToken cancellation) =>
        store.WriteAsync(
            session =>
            {
                var operation = store.Find<Operation>(session, OperationKind.Operation, name);
                if (operation is { Done: false })
                {
                    throw StatusException.FailedPrecondition(
                        $"Operation '{name}' is still running. Cancel it and wait for its end before deleting it."
                    );
                }

                return store.Delete(session, OperationKind.Operation, name);
            },
            cancellation
        );

    private Operation New(string parent, IMessage? metadata, Action<Operation> set)
    {
        var operation = new Operation { Name = $"{parent}/operations/{ids.NextNumber()}" };
        if (metadata is not null)
        {
            operation.Metadata = Any.Pack(metadata);
        }

        set(operation);
        return operation;
    }
}
