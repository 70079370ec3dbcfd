using Cairn.Kernel.Database;
using Cairn.Kernel.Operations;
using Cairn.Kernel.Store;
using Cairn.Kernel.Time;
using Cairn.Tracking.Metadata.Relations;
using Cairn.Tracking.Metadata.Stores;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Tracking.Metadata.Nodes;

/// <summary>The contexts of a store, read with their parents.</summary>
public sealed class Contexts(IDatabase database, IResourceStore store, NodeRows rows, MetadataStores stores, IOperations operations, IIdSource ids, TimeProvider time)
    : NodeCollection<Context>(database, store, rows, stores, operations, ids, time)
{
    public override ResourceKind Kind => MetadataKinds.Context;

    protected override IReadOnlyList<Context> Compose(ISqlSession session, IReadOnlyList<Context> nodes)
    {
        var parents = ContextTree.ParentsOf(session, [.. nodes.Select(static node => node.Name)]).ToLookup(static edge => edge.Child, static edge => edge.Parent);
        foreach (var node in nodes)
        {
            node.ParentContexts.AddRange(parents[node.Name]);
        }

        return nodes;
    }
}
