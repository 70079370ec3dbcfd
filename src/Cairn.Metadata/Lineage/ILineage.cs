using Cairn.Kernel.Database;
using Cairn.Metadata.Names;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Metadata.Lineage;

/// <summary>
/// The graph as other capabilities write it: each call takes part in the caller's transaction, so that a job or a model and its node are
/// written together or not at all. Every call can be repeated.
/// </summary>
public interface ILineage
{
    /// <summary>Inserts an artifact, or changes what <paramref name="artifact"/> sets of the stored one.</summary>
    void Put(ISqlSession session, NodeName name, Artifact artifact);

    /// <summary>Inserts an execution, or changes what <paramref name="execution"/> sets of the stored one.</summary>
    void Put(ISqlSession session, NodeName name, Execution execution);

    /// <summary>Records that an execution read an artifact.</summary>
    void Read(ISqlSession session, NodeName execution, NodeName artifact);

    /// <summary>Records that an execution made an artifact.</summary>
    void Made(ISqlSession session, NodeName execution, NodeName artifact);

    /// <summary>Whether a node is there.</summary>
    bool Exists(ISqlSession session, NodeName node);

    /// <summary>Makes a node a member of a context; false where the context is not there, or lies in another store.</summary>
    bool Join(ISqlSession session, string context, NodeName member);

    /// <summary>
    /// The newest artifact of a store with exactly this address, or null. Registered versions repeat the address of the files that they
    /// were made from, and do not count.
    /// </summary>
    NodeName? FindByUri(ISqlSession session, StoreName store, string uri);

    /// <summary>
    /// The artifact of a file or folder: the one with this address, else a new one, made by whatever made the nearest folder above it.
    /// </summary>
    NodeName Files(ISqlSession session, StoreName store, string uri, string schemaTitle);
}
