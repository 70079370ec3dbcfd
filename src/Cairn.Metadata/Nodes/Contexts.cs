using Cairn.Kernel.Database;
using Cairn.Kernel.Operations;
using Cairn.Kernel.Store;
using Cairn.Kernel.Time;
using Cairn.Metadata.Mirror;
using Cairn.Metadata.Names;
using Cairn.Metadata.Relations;
using Cairn.Metadata.Stores;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf.WellKnownTypes;

namespace Cairn.Metadata.Nodes;

/// <summary>
/// The contexts of a store, read with their parents, and with what the experiments and runs have that they are the nodes of.
/// </summary>
public sealed class Contexts(
    IDatabase database,
    IResourceStore store,
    NodeRows rows,
    MetadataStores stores,
    RunContents contents,
    IOperations operations,
    IIdSource ids
) : NodeCollection<Context>(database, store, rows, stores, operations, ids)
{
    public override ResourceKind Kind => MetadataKinds.Context;

    public override void Remove(ISqlSession session, NodeName name)
    {
        if (!contents.Delete(session, name))
        {
            base.Remove(session, name);
        }
    }

    protected override Task SettleAsync(string filter, CancellationToken cancellation) => contents.SettleAsync(filter, cancellation);

    protected override Task PrepareAsync(Context node, CancellationToken cancellation) => contents.PrepareAsync([node], cancellation);

    protected override Context Insert(ISqlSession session, NodeName name, Context node) => contents.Insert(session, name, node);

    protected override Context Change(ISqlSession session, NodeName name, Context stored, Context change, FieldMask? mask) =>
        contents.Update(session, name, stored, change, mask);

    protected override IReadOnlyList<Context> Compose(ISqlSession session, IReadOnlyList<Context> nodes)
    {
        var parents = ContextTree
            .ParentsOf(session, [.. nodes.Select(static node => node.Name)])
            .ToLookup(static edge => edge.Child, static edge => edge.Parent);
        foreach (var node in nodes)
        {
            node.ParentContexts.AddRange(parents[node.Name]);
        }

        contents.Compose(session, nodes);
        return nodes;
    }
}
