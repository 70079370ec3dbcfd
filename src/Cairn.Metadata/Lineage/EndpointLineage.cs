using Cairn.Kernel.Database;
using Cairn.Kernel.Store;
using Cairn.Metadata.Names;
using Cairn.Models;
using Cairn.Models.Names;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf.WellKnownTypes;
using Value = Google.Protobuf.WellKnownTypes.Value;

namespace Cairn.Metadata.Lineage;

/// <summary>
/// An endpoint that something was deployed to is an artifact of the schema google.VertexEndpoint with the ID <c>endpoint-{endpoint}</c>.
/// Each deployment is an execution
/// <c>deploy-{endpoint}-{deployed model}</c>, which read the version's node and made the endpoint what it is; it runs for as long as the
/// version is deployed.
/// </summary>
internal sealed class EndpointLineage(ILineage lineage) : IDeploymentObserver
{
    /// <summary>Its node, where something was deployed to it, is called as it is.</summary>
    public void EndpointChanged(ISqlSession session, Endpoint endpoint)
    {
        if (lineage.Exists(session, Node(endpoint.Name)))
        {
            lineage.Put(session, Node(endpoint.Name), new Artifact { DisplayName = NameOf(endpoint) });
        }
    }

    public void Deployed(ISqlSession session, Endpoint endpoint, DeployedModel deployed)
    {
        var artifact = Node(endpoint.Name);
        lineage.Put(
            session,
            artifact,
            new Artifact
            {
                DisplayName = NameOf(endpoint),
                SchemaTitle = SchemaTitles.VertexEndpoint,
                State = Artifact.Types.State.Live,
                Metadata = new Struct
                {
                    Fields = { ["resourceName"] = Value.ForString(endpoint.Name), ["deleted"] = Value.ForBool(false) },
                },
            }
        );
        var deployment = Deployment(endpoint, deployed);
        lineage.Put(
            session,
            deployment,
            new Execution
            {
                DisplayName = "Deploy model",
                SchemaTitle = SchemaTitles.ModelDeployment,
                State = Execution.Types.State.Running,
                Metadata = new Struct
                {
                    Fields = { ["endpoint"] = Value.ForString(endpoint.Name), ["deployedModelId"] = Value.ForString(deployed.Id) },
                },
            }
        );
        lineage.Made(session, deployment, artifact);
        var model = ModelName.Parse($"{deployed.Model}@{deployed.ModelVersionId}", "deployed_model.model");
        var version = StoreName.Default(model.Parent.Project, model.Parent.Location).Artifact($"model-{model.Id}-{model.Version}");

        // Edges stay within a store; a model of another location is told by name alone.
        if (version.Store == artifact.Store && lineage.Exists(session, version))
        {
            lineage.Read(session, deployment, version);
        }
    }

    public void Undeployed(ISqlSession session, Endpoint endpoint, DeployedModel deployed)
    {
        if (lineage.Exists(session, Deployment(endpoint, deployed)))
        {
            lineage.Put(session, Deployment(endpoint, deployed), new Execution { State = Execution.Types.State.Complete });
        }
    }

    public void EndpointRemoved(ISqlSession session, string endpoint)
    {
        if (lineage.Exists(session, Node(endpoint)))
        {
            lineage.Put(
                session,
                Node(endpoint),
                new Artifact
                {
                    Metadata = new Struct { Fields = { ["resourceName"] = Value.ForString(endpoint), ["deleted"] = Value.ForBool(true) } },
                }
            );
        }
    }

    private static string NameOf(Endpoint endpoint) =>
        Short(endpoint.DisplayName.Length > 0 ? endpoint.DisplayName : Node(endpoint.Name).Id);

    private static NodeName Node(string endpoint) =>
        endpoint.Split('/') is [_, var project, _, var location, _, var id]
            ? StoreName.Default(project, location).Artifact("endpoint-" + id)
            : throw new ArgumentException($"'{endpoint}' is no endpoint's name.");

    private static NodeName Deployment(Endpoint endpoint, DeployedModel deployed)
    {
        var node = Node(endpoint.Name);
        return node.Store.Execution($"deploy-{node.Id["endpoint-".Length..]}-{deployed.Id}");
    }

    private static string Short(string name) => Characters.Cut(name, 128);
}
