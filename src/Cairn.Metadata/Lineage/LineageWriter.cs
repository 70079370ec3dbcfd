using System.Security.Cryptography;
using System.Text;
using Cairn.Kernel.Database;
using Cairn.Kernel.Store;
using Cairn.Metadata.Names;
using Cairn.Metadata.Nodes;
using Cairn.Metadata.Relations;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf;

namespace Cairn.Metadata.Lineage;

/// <summary>Writes nodes and edges for other capabilities.</summary>
internal sealed class LineageWriter(IResourceStore store, NodeRows rows, TimeProvider time) : ILineage
{
    public void Put(ISqlSession session, NodeName name, Artifact artifact) => Put(session, MetadataKinds.Artifact, name, artifact);

    public void Put(ISqlSession session, NodeName name, Execution execution) => Put(session, MetadataKinds.Execution, name, execution);

    public void Read(ISqlSession session, NodeName execution, NodeName artifact) => Link(session, execution, artifact, output: false);

    public void Made(ISqlSession session, NodeName execution, NodeName artifact) => Link(session, execution, artifact, output: true);

    public bool Join(ISqlSession session, string context, NodeName member)
    {
        if (store.Find<Context>(session, MetadataKinds.Context, context) is null)
        {
            return false;
        }

        var name = NodeName.Parse(context, NodeName.Contexts, "context");
        if (name.Store != member.Store)
        {
            return false;
        }

        Memberships.Add(session, name, [member]);
        return true;
    }

    public bool Exists(ISqlSession session, NodeName node) =>
        session.QueryFirst("SELECT 1 FROM metadata_nodes WHERE name = $1", static row => true, node.ToString());

    public NodeName? FindByUri(ISqlSession session, StoreName store, string uri) =>
        session.QueryFirst(
            "SELECT n.name FROM metadata_nodes n JOIN resources r ON r.name = n.name WHERE n.uri = $1 AND n.schema_title <> $4 AND r.kind = $2 AND r.parent = $3 ORDER BY r.create_time DESC, n.name DESC LIMIT 1",
            static row => row.GetString(0),
            uri,
            MetadataKinds.Artifact.Name,
            store.ToString(),
            SchemaTitles.VertexModel
        )
            is { } name
            ? NodeName.Parse(name, NodeName.Artifacts, "artifact")
            : null;

    public NodeName Files(ISqlSession session, StoreName store, string uri, string schemaTitle)
    {
        var address = uri.TrimEnd('/');
        if ((FindByUri(session, store, address) ?? FindByUri(session, store, address + "/")) is { } known)
        {
            return known;
        }

        var name = store.Artifact("files-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(address)).AsSpan(0, 12)));
        Put(
            session,
            name,
            new Artifact
            {
                DisplayName = address[(address.LastIndexOf('/') + 1)..],
                Uri = address,
                SchemaTitle = schemaTitle,
                State = Artifact.Types.State.Live,
            }
        );
        if (FolderAbove(session, store, address) is { } folder)
        {
            foreach (var made in EventTable.Of(session, ofArtifacts: true, [folder.ToString()], output: true, LineageWalk.MaxNodes))
            {
                Made(session, NodeName.Parse(made.Execution, NodeName.Executions, "execution"), name);
            }
        }

        return name;
    }

    private NodeName? FolderAbove(ISqlSession session, StoreName store, string address)
    {
        const int schemeAndBucket = 6;
        for (var slash = address.LastIndexOf('/'); slash > schemeAndBucket; slash = address.LastIndexOf('/', slash - 1))
        {
            if ((FindByUri(session, store, address[..slash]) ?? FindByUri(session, store, address[..(slash + 1)])) is { } folder)
            {
                return folder;
            }
        }

        return null;
    }

    private void Put<T>(ISqlSession session, ResourceKind kind, NodeName name, T node)
        where T : class, IMessage<T>
    {
        if (rows.Find<T>(session, kind, name) is { } stored)
        {
            rows.Update(session, kind, stored, node, null, checkEtag: false);
        }
        else
        {
            rows.Insert(session, kind, name, node);
        }
    }

    private void Link(ISqlSession session, NodeName execution, NodeName artifact, bool output) =>
        EventTable.Add(
            session,
            new EventRow(execution.ToString(), artifact.ToString(), output, Timestamps.ToMicros(time.GetUtcNow()), "{}")
        );
}
