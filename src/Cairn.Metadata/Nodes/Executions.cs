using Cairn.Kernel.Database;
using Cairn.Kernel.Operations;
using Cairn.Kernel.Store;
using Cairn.Kernel.Time;
using Cairn.Metadata.Stores;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Metadata.Nodes;

/// <summary>The executions of a store.</summary>
public sealed class Executions(
    IDatabase database,
    IResourceStore store,
    NodeRows rows,
    MetadataStores stores,
    IOperations operations,
    IIdSource ids
) : NodeCollection<Execution>(database, store, rows, stores, operations, ids)
{
    public override ResourceKind Kind => MetadataKinds.Execution;
}
