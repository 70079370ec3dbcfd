using Cairn.Classic.Names;
using Cairn.Kernel.Database;
using Cairn.Kernel.Operations;
using Cairn.Kernel.Store;
using Cairn.Models.Versions;
using Cairn.Serving.Endpoints;
using Google.Cloud.ML.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Vertex = Google.Cloud.AIPlatform.V1;

namespace Cairn.Classic.Models;

/// <summary>
/// Undeploys a version and takes it out of the registry; with a model's last version go its registered model and its endpoint. What is gone
/// already is passed over.
/// </summary>
internal sealed class VersionDeletion(
    IResourceStore store,
    IDatabase database,
    Deployments deployments,
    VersionRows rows,
    ModelDeletions registry
) : IOperationHandler
{
    public const string Handler = "classic.deleteVersion";

    public string Name => Handler;

    public async Task<IMessage> RunAsync(string operation, Any request, CancellationToken cancellation)
    {
        var name = VersionName.Parse(request.Unpack<GetVersionRequest>().Name);
        var (model, version) = await database.ReadAsync(
            session =>
                (ClassicModelTable.FindModel(session, name.Model.ToString()), ClassicModelTable.FindVersion(session, name.ToString())),
            cancellation
        );
        if (model is null || version is null)
        {
            return new Empty();
        }

        await UndeployAsync(model, version, cancellation);
        var last = await UnregisterAsync(model, version, cancellation);
        await store.WriteAsync(
            session =>
            {
                store.Delete(session, ClassicKinds.Version, version.Name);
                ClassicModelTable.DeleteVersion(session, version.Name);
                if (last)
                {
                    DeleteEndpoint(session, model.Endpoint);
                }

                var left = last ? model with { Registered = "", Endpoint = "" } : model;
                ClassicModelTable.Put(session, left.DefaultVersion == version.Name ? left with { DefaultVersion = "" } : left);
                return true;
            },
            cancellation
        );
        return new Empty();
    }

    private async Task UndeployAsync(ModelRow model, VersionRow version, CancellationToken cancellation)
    {
        var endpoint =
            model.Endpoint.Length == 0
                ? null
                : await store.FindAsync<Vertex.Endpoint>(EndpointKinds.Endpoint, model.Endpoint, cancellation);
        if (endpoint?.DeployedModels.Any(deployed => deployed.Id == version.Deployed) == true)
        {
            await deployments.UndeployAsync(
                new Vertex.UndeployModelRequest { Endpoint = model.Endpoint, DeployedModelId = version.Deployed },
                EndpointName.Parse(model.Endpoint, "endpoint"),
                cancellation
            );
        }
    }

    /// <summary>Returns whether no version of the registered model is left.</summary>
    private async Task<bool> UnregisterAsync(ModelRow model, VersionRow version, CancellationToken cancellation)
    {
        if (model.Registered.Length == 0)
        {
            return false;
        }

        var versions = await database.ReadAsync(session => rows.Versions(session, model.Registered), cancellation);
        if (versions.All(other => other.VersionId == version.Number))
        {
            if (versions.Count > 0)
            {
                await registry.DeleteModelAsync(Cairn.Models.Names.ModelName.Parse(model.Registered, "model"), cancellation);
            }

            return true;
        }

        if (versions.Any(other => other.VersionId == version.Number))
        {
            await registry.DeleteVersionAsync(
                Cairn.Models.Names.ModelName.Parse($"{model.Registered}@{version.Number}", "model"),
                cancellation
            );
        }

        return false;
    }

    /// <summary>Deletes the endpoint, unless somebody has deployed something else to it.</summary>
    private void DeleteEndpoint(ISqlSession session, string name)
    {
        if (store.Find<Vertex.Endpoint>(session, EndpointKinds.Endpoint, name) is { DeployedModels.Count: 0 })
        {
            store.Delete(session, EndpointKinds.Endpoint, name);
            DeploymentTable.Bump(session);
        }
    }
}
