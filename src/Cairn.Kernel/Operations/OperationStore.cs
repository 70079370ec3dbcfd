using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Store;
using Cairn.Kernel.Time;
using Google.LongRunning;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Cairn.Kernel.Operations;

/// <summary>Writes operations and the runner's queue.</summary>
public sealed class OperationStore(IResourceStore store, IDatabase database, TimeProvider time, IIdSource ids, OperationSignal signal)
    : IOperations
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

    public Operation Enqueue(ISqlSession session, string parent, string handler, IMessage request, IMessage? metadata = null)
    {
        var operation = store.Insert(session, OperationKind.Operation, New(parent, metadata, static _ => { }));
        session.Execute(
            "INSERT INTO operation_work (name, handler, request, created, cancelled) VALUES ($1, $2, $3, $4, 0)",
            operation.Name,
            handler,
            Any.Pack(request).ToByteArray(),
            Timestamps.ToMicros(time.GetUtcNow())
        );
        return operation;
    }

    public void Signal() => signal.Pulse();

    /// <summary>The oldest work that no one is known to do here, oldest first.</summary>
    internal Task<List<OperationWork>> PendingAsync(CancellationToken cancellation) =>
        database.ReadAsync(
            static session =>
                session.Query(
                    "SELECT name, handler, request, cancelled FROM operation_work ORDER BY created, name LIMIT 1000",
                    static row => new OperationWork(
                        row.GetString(0),
                        row.GetString(1),
                        StoredMessage.Read(Any.Parser, row.GetFieldValue<byte[]>(2)),
                        row.GetInt64(3) != 0
                    )
                ),
            cancellation
        );

    /// <summary>Whether an operation has still to end.</summary>
    internal Task<bool> IsPendingAsync(string name, CancellationToken cancellation) =>
        database.ReadAsync(
            session => session.QueryFirst("SELECT 1 FROM operation_work WHERE name = $1", static _ => true, name),
            cancellation
        );

    /// <summary>Ends an operation once: with a response or an error. What has ended already stays as it is.</summary>
    internal Task<Operation?> EndAsync(string name, Action<Operation> outcome, CancellationToken cancellation) =>
        store.WriteAsync(
            session =>
            {
                session.Execute("DELETE FROM operation_work WHERE name = $1", name);
                var operation = store.Find<Operation>(session, OperationKind.Operation, name);
                if (operation is null || operation.Done)
                {
                    return operation;
                }

                outcome(operation);
                operation.Done = true;
                return store.Update(session, OperationKind.Operation, operation);
            },
            cancellation
        );

    /// <summary>Asks the runner to stop an operation's work, on whichever server it runs.</summary>
    internal async Task CancelAsync(string name, CancellationToken cancellation)
    {
        var known = await store.WriteAsync(
            session =>
            {
                session.Execute("UPDATE operation_work SET cancelled = 1 WHERE name = $1", name);
                return store.Find<Operation>(session, OperationKind.Operation, name) is not null;
            },
            cancellation
        );
        if (!known)
        {
            throw StatusException.NotFound($"Operation '{name}' does not exist.");
        }

        signal.Pulse();
    }

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
