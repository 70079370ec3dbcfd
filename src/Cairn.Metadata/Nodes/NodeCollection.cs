using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Operations;
using Cairn.Kernel.Store;
using Cairn.Kernel.Time;
using Cairn.Metadata.Names;
using Cairn.Metadata.Stores;
using Google.LongRunning;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;

namespace Cairn.Metadata.Nodes;

/// <summary>
/// The verbs of one collection of a store. What is particular to a kind overrides the steps that happen inside the transaction:
/// <see cref="Find"/>, <see cref="Insert"/>, <see cref="Change"/>, <see cref="Remove"/>, and <see cref="Compose"/>, which makes what is
/// read from what is stored.
/// </summary>
public abstract class NodeCollection<T>(
    IDatabase database,
    IResourceStore store,
    NodeRows rows,
    MetadataStores stores,
    IOperations operations,
    IIdSource ids
)
    where T : class, IMessage<T>
{
    protected NodeRows Rows => rows;

    protected IResourceStore Store => store;

    public abstract ResourceKind Kind { get; }

    private string IdField => $"{Kind.Name.ToLowerInvariant()}_id";

    public async Task<T> CreateAsync(string parent, T node, string id, CancellationToken cancellation)
    {
        var within = StoreName.Parse(parent, "parent");
        if (id.Length > 0)
        {
            NodeChecks.RequireId(IdField, id);
        }

        var name = new NodeName(within, Kind.Collection, id.Length > 0 ? id : ids.NextNumber());
        await PrepareAsync(node, cancellation);
        return await store.WriteAsync(session => Composed(session, Insert(session, name, node)), cancellation);
    }

    public Task<T> GetAsync(string name, CancellationToken cancellation)
    {
        var parsed = NodeName.Parse(name, Kind.Collection, "name");
        return database.ReadAsync(
            session => Find(session, parsed) is { } node ? Composed(session, node) : throw NodeRows.Missing(Kind, parsed),
            cancellation
        );
    }

    public async Task<Page<T>> ListAsync(ListQuery query, CancellationToken cancellation)
    {
        await stores.RequireReadableAsync(StoreName.Parse(query.Parent, "parent"), cancellation);
        await SettleAsync(query.Filter, cancellation);
        var page = await store.ListAsync<T>(Kind, query, cancellation);
        return page.Items.Count == 0
            ? page
            : page with
            {
                Items = await database.ReadAsync(session => Compose(session, page.Items), cancellation),
            };
    }

    public async Task<T> UpdateAsync(T change, FieldMask? mask, bool allowMissing, CancellationToken cancellation)
    {
        var name = NodeName.Parse(NodeFields.Of(change).Name(change), Kind.Collection, $"{Kind.Name.ToLowerInvariant()}.name");
        await PrepareAsync(change, cancellation);
        return await store.WriteAsync(
            session =>
            {
                if (Find(session, name) is { } stored)
                {
                    return Composed(session, Change(session, name, stored, change, mask));
                }

                if (!allowMissing)
                {
                    throw NodeRows.Missing(Kind, name);
                }

                NodeChecks.RequireId(IdField, name.Id);
                return Composed(session, Insert(session, name, change));
            },
            cancellation
        );
    }

    public Task<Operation> DeleteAsync(string name, string etag, CancellationToken cancellation)
    {
        var parsed = NodeName.Parse(name, Kind.Collection, "name");
        return store.WriteAsync(
            session =>
            {
                var stored = Find(session, parsed) ?? throw NodeRows.Missing(Kind, parsed);
                if (etag.Length > 0 && etag != NodeFields.Of(stored).Etag(stored))
                {
                    throw new StatusException(
                        Code.FailedPrecondition,
                        $"{Kind.Name} '{name}' has changed since it was read: its etag is '{NodeFields.Of(stored).Etag(stored)}', not '{etag}'."
                    );
                }

                Remove(session, parsed);
                return operations.Deleted(session, parsed.Store.Parent);
            },
            cancellation
        );
    }

    /// <summary>Deletes up to a number of a store's nodes; returns how many there were.</summary>
    public int DeleteSome(ISqlSession session, StoreName within, int limit)
    {
        var names = session.Query(
            "SELECT name FROM resources WHERE kind = $1 AND parent = $2 LIMIT $3",
            static row => row.GetString(0),
            Kind.Name,
            within.ToString(),
            limit
        );
        names.ForEach(name => Remove(session, NodeName.Parse(name, Kind.Collection, "name")));
        return names.Count;
    }

    /// <summary>Deletes a node, where it is there.</summary>
    public virtual void Remove(ISqlSession session, NodeName name) => rows.Delete(session, Kind, name);

    /// <summary>The stored node, or null.</summary>
    public virtual T? Find(ISqlSession session, NodeName name) => rows.Find<T>(session, Kind, name);

    /// <summary>What has to happen before nodes are searched, so that the search sees what was acknowledged.</summary>
    protected virtual Task SettleAsync(string filter, CancellationToken cancellation) => Task.CompletedTask;

    /// <summary>What has to happen before the transaction that writes a node.</summary>
    protected virtual Task PrepareAsync(T node, CancellationToken cancellation) => Task.CompletedTask;

    protected virtual T Insert(ISqlSession session, NodeName name, T node) => rows.Insert(session, Kind, name, node);

    protected virtual T Change(ISqlSession session, NodeName name, T stored, T change, FieldMask? mask) =>
        rows.Update(session, Kind, stored, change, mask);

    /// <summary>Nodes as they are read, from nodes as they are stored.</summary>
    protected virtual IReadOnlyList<T> Compose(ISqlSession session, IReadOnlyList<T> nodes) => nodes;

    private T Composed(ISqlSession session, T node) => Compose(session, [node])[0];
}
