using System.Collections.Concurrent;
using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Store;
using Cairn.Models;
using Cairn.Models.Names;
using Cairn.Serving.Endpoints;
using Cairn.Serving.Predictors;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Serving.Prediction;

/// <summary>
/// The routes of this server's endpoints, read once and kept until a change: a prediction reads no database. A change made here invalidates
/// before it is acknowledged, so the next request sees it; a change made by another server is seen by its revision.
/// </summary>
public sealed class EndpointRoutes(
    IDatabase database,
    IResourceStore store,
    PredictorSpecs specs,
    PredictorHost host,
    ServingOptions options
) : IModelObserver
{
    private readonly ConcurrentDictionary<string, EndpointRoute> _routes = new(StringComparer.Ordinal);
    private long _changes;

    /// <exception cref="StatusException">NOT_FOUND.</exception>
    public ValueTask<EndpointRoute> GetAsync(string endpoint, CancellationToken cancellation) =>
        _routes.TryGetValue(endpoint, out var route) ? ValueTask.FromResult(route) : LoadAsync(endpoint, cancellation);

    public void Invalidate(string endpoint)
    {
        Interlocked.Increment(ref _changes);
        _routes.TryRemove(endpoint, out _);
    }

    public void InvalidateAll()
    {
        Interlocked.Increment(ref _changes);
        _routes.Clear();
    }

    /// <summary>A model's display name is in every reply.</summary>
    void IModelObserver.Renamed(ISqlSession session, ModelName name, string displayName, IReadOnlyCollection<string> versions)
    {
        DeploymentTable.Bump(session);
        session.OnCommit(InvalidateAll);
    }

    private async ValueTask<EndpointRoute> LoadAsync(string name, CancellationToken cancellation)
    {
        EndpointName.Parse(name, "endpoint");
        while (true)
        {
            var before = Interlocked.Read(ref _changes);
            var endpoint =
                await database.ReadAsync(session => store.Find<Endpoint>(session, EndpointKinds.Endpoint, name), cancellation)
                ?? throw StatusException.NotFound($"There is no endpoint '{name}'.");
            List<EndpointRoute.Target> targets = [];
            foreach (var deployed in endpoint.DeployedModels)
            {
                var spec = await specs.GetAsync(name, deployed, cancellation);
                var entry = host.Entry(spec);
                entry.Routed = true;
                targets.Add(
                    new EndpointRoute.Target(deployed.Id, deployed.Model, deployed.ModelVersionId, spec.Model.Message.DisplayName, entry)
                );
            }

            var timeout = endpoint.ClientConnectionConfig?.InferenceTimeout?.ToTimeSpan() is { Ticks: > 0 } own
                ? own
                : options.PredictionTimeout;
            var route = new EndpointRoute(endpoint, targets, timeout);
            _routes[name] = route;
            // What was read may be older than a change that came in between; then nobody may see it.
            if (Interlocked.Read(ref _changes) == before)
            {
                return route;
            }

            _routes.TryRemove(new KeyValuePair<string, EndpointRoute>(name, route));
        }
    }
}
