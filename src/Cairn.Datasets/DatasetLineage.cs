using Cairn.Datasets.Names;
using Cairn.Kernel.Database;
using Cairn.Metadata;
using Cairn.Metadata.Lineage;
using Cairn.Metadata.Names;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf.WellKnownTypes;
using Value = Google.Protobuf.WellKnownTypes.Value;

namespace Cairn.Datasets;

/// <summary>
/// A data set in the lineage graph: an artifact of the schema google.VertexDataset in the default store of its project and location, with
/// the ID <c>dataset-{id}</c>. It stays when the data set is deleted: what was made of it stays made of it.
/// </summary>
public sealed class DatasetLineage(ILineage lineage)
{
    /// <summary>Writes what the data set is now; returns the artifact's name.</summary>
    public string Put(ISqlSession session, Dataset dataset)
    {
        var artifact = Node(DatasetName.Parse(dataset.Name, "name"));
        lineage.Put(
            session,
            artifact,
            new Artifact
            {
                DisplayName = dataset.DisplayName,
                SchemaTitle = SchemaTitles.VertexDataset,
                State = Artifact.Types.State.Live,
                Metadata = new Struct { Fields = { ["resourceName"] = Value.ForString(dataset.Name) } },
            }
        );
        return artifact.ToString();
    }

    /// <summary>Notes that an execution has read the data set.</summary>
    public void Read(ISqlSession session, NodeName execution, DatasetName dataset)
    {
        if (lineage.Exists(session, Node(dataset)))
        {
            lineage.Read(session, execution, Node(dataset));
        }
    }

    private static NodeName Node(DatasetName name) =>
        StoreName.Default(name.Parent.Project, name.Parent.Location).Artifact("dataset-" + name.Id);
}
