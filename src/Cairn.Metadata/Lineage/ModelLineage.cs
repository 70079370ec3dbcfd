using Cairn.Kernel.Database;
using Cairn.Metadata.Names;
using Cairn.Models;
using Cairn.Models.Names;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf.WellKnownTypes;
using Value = Google.Protobuf.WellKnownTypes.Value;

namespace Cairn.Metadata.Lineage;

/// <summary>
/// A registered version is an artifact of the schema google.VertexModel in the default store of its project and location, with the ID
/// <c>model-{model}-{version}</c>. Its registration is an execution that read the files it was registered from, or the version that it is a
/// copy of.
/// </summary>
internal sealed class ModelLineage(ILineage lineage) : IVersionObserver, IModelObserver
{
    public void Added(ISqlSession session, ModelName name, Model version)
    {
        var store = Store(name);
        var artifact = Node(name);
        lineage.Put(
            session,
            artifact,
            new Artifact
            {
                DisplayName = version.DisplayName,
                Uri = version.ArtifactUri,
                SchemaTitle = SchemaTitles.VertexModel,
                State = Artifact.Types.State.Live,
                Metadata = new Struct { Fields = { ["resourceName"] = Value.ForString(name.ToString()) } },
            }
        );
        var copied = version.OriginalModelInfo?.Model is { Length: > 0 } original
            ? ModelName.Parse(original, "original_model_info.model")
            : default(ModelName?);
        if (version.ArtifactUri.Length == 0 && copied is null)
        {
            return;
        }

        var registration = store.Execution("register-" + artifact.Id);
        lineage.Put(
            session,
            registration,
            new Execution
            {
                DisplayName = copied is null ? "Register model" : "Copy model",
                SchemaTitle = SchemaTitles.ModelRegistration,
                State = Execution.Types.State.Complete,
                Metadata = new Struct { Fields = { ["model"] = Value.ForString(name.ToString()) } },
            }
        );
        if (copied is { } from && Store(from) == store)
        {
            lineage.Read(session, registration, Node(from));
        }
        else if (version.ArtifactUri.Length > 0)
        {
            lineage.Read(session, registration, lineage.Files(session, store, version.ArtifactUri, SchemaTitles.Model));
        }

        lineage.Made(session, registration, artifact);
    }

    /// <summary>What was made of a version stays made of it: its node stays, and says that the version is gone.</summary>
    public void Removed(ISqlSession session, ModelName name) =>
        lineage.Put(
            session,
            Node(name),
            new Artifact
            {
                Metadata = new Struct
                {
                    Fields = { ["resourceName"] = Value.ForString(name.ToString()), ["deleted"] = Value.ForBool(true) },
                },
            }
        );

    /// <summary>Its versions' nodes are called as it is.</summary>
    public void Renamed(ISqlSession session, ModelName name, string displayName, IReadOnlyCollection<string> versions)
    {
        foreach (var node in versions.Select(version => Node(name with { Version = version })).Where(node => lineage.Exists(session, node)))
        {
            lineage.Put(session, node, new Artifact { DisplayName = displayName });
        }
    }

    private static StoreName Store(ModelName name) => StoreName.Default(name.Parent.Project, name.Parent.Location);

    private static NodeName Node(ModelName name) => Store(name).Artifact($"model-{name.Id}-{name.Version}");
}
