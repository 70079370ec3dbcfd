using Cairn.Classic.Names;
using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Store;
using Cairn.Models.Versions;
using Cairn.Serving.Endpoints;
using Cairn.Serving.Prediction;
using Version = Google.Cloud.ML.V1.Version;
using Vertex = Google.Cloud.AIPlatform.V1;

namespace Cairn.Classic.Models;

/// <summary>The version that answers for the model: the registry's default version, and the one that gets the endpoint's traffic.</summary>
internal sealed class DefaultVersion(IResourceStore store, ModelReads reads, ModelUpdates registry, EndpointRoutes routes)
{
    /// <exception cref="StatusException">NOT_FOUND; FAILED_PRECONDITION for a version that serves nothing.</exception>
    public async Task<Version> SetAsync(VersionName name, CancellationToken cancellation)
    {
        var (version, endpoint) = await store.WriteAsync(
            session =>
            {
                var found = reads.Version(session, name).Version;
                if (found.State != Version.Types.State.Ready)
                {
                    throw StatusException.FailedPrecondition(
                        $"Version '{name.Id}' of model '{name.Model.Id}' is in the state {found.State.ToString().ToUpperInvariant()}, and can only be the default one when it is READY."
                    );
                }

                return (ModelReads.Complete(session, found), Set(session, name));
            },
            cancellation
        );
        routes.Invalidate(endpoint);
        version.IsDefault = true;
        return version;
    }

    /// <summary>Makes it the default in the caller's transaction; returns the endpoint, whose route is to be read anew.</summary>
    public string Set(ISqlSession session, VersionName name)
    {
        var (_, model) = reads.Model(session, name.Model);
        var (_, version) = reads.Version(session, name);
        registry.SetDefault(session, model.Registered, version.Number);
        var endpoint =
            store.Find<Vertex.Endpoint>(session, EndpointKinds.Endpoint, model.Endpoint)
            ?? throw StatusException.FailedPrecondition(
                $"The endpoint '{model.Endpoint}', which serves model '{name.Model.Id}', has been deleted."
            );
        TrafficSplit.Apply(endpoint, new Google.Protobuf.Collections.MapField<string, int> { [version.Deployed] = 100 }, null);
        store.Update(session, EndpointKinds.Endpoint, endpoint);
        DeploymentTable.Bump(session);
        ClassicModelTable.Put(session, model with { DefaultVersion = name.ToString() });
        return endpoint.Name;
    }
}
