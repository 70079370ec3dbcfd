using Cairn.Kernel.Database;
using Cairn.Kernel.Operations;
using Cairn.Kernel.Store;
using Cairn.Kernel.Time;
using Cairn.Metadata.Mirror;
using Cairn.Metadata.Names;
using Cairn.Metadata.Stores;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Metadata.Nodes;

/// <summary>The artifacts of a store.</summary>
public sealed class Artifacts(
    IDatabase database,
    IResourceStore store,
    NodeRows rows,
    MetadataStores stores,
    TensorboardArtifacts boards,
    IOperations operations,
    IIdSource ids
) : NodeCollection<Artifact>(database, store, rows, stores, operations, ids)
{
    public override ResourceKind Kind => MetadataKinds.Artifact;

    public override Artifact? Find(ISqlSession session, NodeName name) => base.Find(session, name) ?? boards.Find(session, name);

    /// <summary>Changing an artifact that was made up stores it.</summary>
    protected override Artifact Change(
        ISqlSession session,
        NodeName name,
        Artifact stored,
        Artifact change,
        Google.Protobuf.WellKnownTypes.FieldMask? mask
    ) =>
        base.Find(session, name) is null
            ? base.Change(session, name, Rows.Insert(session, Kind, name, stored), change, mask)
            : base.Change(session, name, stored, change, mask);
}
