using Cairn.Kernel.Database;
using Cairn.Kernel.Operations;
using Cairn.Kernel.Store;
using Cairn.Kernel.Time;
using Cairn.Tracking.Metadata.Names;
using Cairn.Tracking.Metadata.Relations;
using Cairn.Tracking.Metadata.Stores;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf.WellKnownTypes;

namespace Cairn.Tracking.Metadata.Nodes;

/// <summary>The contexts of a store, read with their parents.</summary>
public sealed class Contexts(IDatabase database, IResourceStore store, NodeRows rows, MetadataStores stores, IOperations operations, IIdSource ids, TimeProvider time)
    : NodeCollection<Context>(database, store, rows, stores, operations, ids, time)
{
    public override ResourceKind Kind => MetadataKinds.Context;

    /// <summary>A client that writes a whole context back, without a mask, writes over what others changed meanwhile on purpose: its etag is not held against it.</summary>
    protected override Context Change(ISqlSession session, NodeName name, Context stored, Context change, FieldMask? mask) =>
        Rows.Update(session, Kind, stored, change, mask, checkEtag: mask is { Paths.Count: > 0 });

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
