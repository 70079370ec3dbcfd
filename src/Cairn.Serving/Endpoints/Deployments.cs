using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Operations;
using Cairn.Kernel.Store;
using Cairn.Kernel.Time;
using Cairn.Models;
using Cairn.Models.Names;
using Cairn.Serving.Prediction;
using Cairn.Serving.Predictors;
using Google.Cloud.AIPlatform.V1;
using Google.LongRunning;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Cairn.Serving.Endpoints;

/// <summary>
/// Deploys models and takes them away. Deploying is an operation: it loads the model on this server first, so that a model which does not
/// load is never deployed, and then changes the endpoint in one transaction. The deployed model's number is chosen when the operation is
/// recorded; a run that is repeated after a crash finds what it did before.
/// </summary>
public sealed class Deployments(
    IResourceStore store,
    IDatabase database,
    IOperations operations,
    ModelRegistry registry,
    PredictorSpecs specs,
    PredictorHost host,
    EndpointRoutes routes,
    IEnumerable<IDeploymentObserver> observers,
    IIdSource ids,
    TimeProvider time
) : IOperationHandler
{
    private const int MaxDeployed = 50;

    public string Name => "endpoints.deployModel";

    public async Task<Operation> DeployAsync(DeployModelRequest request, EndpointName name, CancellationToken cancellation)
    {
        var work = request.Clone();
        var deployed = work.DeployedModel;
        if (deployed.PredictionResourcesCase == DeployedModel.PredictionResourcesOneofCase.SharedResources)
        {
            throw StatusException.Unimplemented(
                "`deployed_model.shared_resources` is not supported yet; use `dedicated_resources`, or leave the resources out."
            );
        }

        if (deployed.Id.Length > 0 && (deployed.Id.Length > 19 || !deployed.Id.All(char.IsAsciiDigit) || deployed.Id == TrafficSplit.New))
        {
            throw StatusException.InvalidArgument(
                $"`deployed_model.id` is '{deployed.Id}'; it must be a number of up to 19 digits, and not '{TrafficSplit.New}'."
            );
        }

        Replicas.Require(deployed);
        return await store.WriteAsync(
            session =>
            {
                var endpoint = Endpoint(session, name);
                var model = registry.Get(session, ModelName.Parse(deployed.Model, "deployed_model.model"));
                var entry = deployed.Clone();
                entry.Id = deployed.Id.Length > 0 ? deployed.Id : ids.NextNumber();
                entry.Model = model.Name.Model;
                entry.ModelVersionId = model.Name.Version;
                entry.DisplayName = deployed.DisplayName.Length > 0 ? deployed.DisplayName : model.Message.DisplayName;
                RequireRoom(endpoint, entry.Id);
                // Refused now rather than after a minute of loading; checked again when the endpoint is changed.
                Place(endpoint, entry, request.TrafficSplit);
                return operations.Enqueue(
                    session,
                    name.Parent.ToString(),
                    Name,
                    new DeployModelRequest(work) { DeployedModel = entry },
                    new DeployModelOperationMetadata()
                );
            },
            cancellation
        );
    }

    public async Task<IMessage> RunAsync(string operation, Any request, CancellationToken cancellation)
    {
        var work = request.UnpackStored<DeployModelRequest>();
        var name = EndpointName.Parse(work.Endpoint, "endpoint");
        var before = await database.ReadAsync(session => Endpoint(session, name), cancellation);
        if (before.DeployedModels.FirstOrDefault(d => d.Id == work.DeployedModel.Id) is { } earlier)
        {
            return new DeployModelResponse { DeployedModel = earlier };
        }

        var spec = await specs.GetAsync(work.Endpoint, work.DeployedModel, cancellation);
        DeployedModel deployed;
        try
        {
            await host.StartAsync(spec, cancellation);
            deployed = await store.WriteAsync(session => Commit(session, name, work), cancellation);
        }
        catch
        {
            await host.StopAsync(work.Endpoint, work.DeployedModel.Id);
            throw;
        }

        routes.Invalidate(work.Endpoint);
        return new DeployModelResponse { DeployedModel = deployed };
    }

    public async Task<Operation> UndeployAsync(UndeployModelRequest request, EndpointName name, CancellationToken cancellation)
    {
        var operation = await store.WriteAsync(
            session =>
            {
                var endpoint = Endpoint(session, name);
                var deployed =
                    endpoint.DeployedModels.FirstOrDefault(d => d.Id == request.DeployedModelId)
                    ?? throw StatusException.NotFound($"Endpoint '{name}' has no deployed model '{request.DeployedModelId}'.");
                endpoint.DeployedModels.Remove(deployed);
                var share = endpoint.TrafficSplit.GetValueOrDefault(deployed.Id);
                endpoint.TrafficSplit.Remove(deployed.Id);
                if (endpoint.DeployedModels.Count == 0)
                {
                    endpoint.TrafficSplit.Clear();
                }
                else if (request.TrafficSplit.Count > 0)
                {
                    TrafficSplit.Apply(endpoint, request.TrafficSplit, null);
                }
                else if (share > 0)
                {
                    throw StatusException.FailedPrecondition(
                        $"Deployed model '{deployed.Id}' receives {share} % of the traffic of endpoint '{name}'; give a `traffic_split` over the others, or move its traffic first."
                    );
                }

                store.Update(session, EndpointKinds.Endpoint, endpoint);
                DeploymentTable.Delete(session, endpoint.Name, deployed.Id);
                foreach (var observer in observers)
                {
                    observer.Undeployed(session, endpoint, deployed);
                }

                return operations.Completed(
                    session,
                    name.Parent.ToString(),
                    new UndeployModelResponse(),
                    new UndeployModelOperationMetadata()
                );
            },
            cancellation
        );
        routes.Invalidate(request.Endpoint);
        await host.StopAsync(request.Endpoint, request.DeployedModelId);
        return operation;
    }

    private DeployedModel Commit(ISqlSession session, EndpointName name, DeployModelRequest work)
    {
        var endpoint = Endpoint(session, name);
        var deployed = work.DeployedModel.Clone();
        if (endpoint.DeployedModels.FirstOrDefault(d => d.Id == deployed.Id) is { } earlier)
        {
            return earlier;
        }

        RequireRoom(endpoint, deployed.Id);
        // It may have been deleted while it was loading.
        registry.Get(session, ModelName.Parse($"{deployed.Model}@{deployed.ModelVersionId}", "deployed_model.model"));
        deployed.CreateTime = Timestamp.FromDateTimeOffset(time.GetUtcNow());
        Place(endpoint, deployed, work.TrafficSplit);
        store.Update(session, EndpointKinds.Endpoint, endpoint);
        DeploymentTable.Insert(session, endpoint.Name, deployed);
        foreach (var observer in observers)
        {
            observer.Deployed(session, endpoint, deployed);
        }

        return deployed;
    }

    private static void Place(Endpoint endpoint, DeployedModel deployed, Google.Protobuf.Collections.MapField<string, int> split)
    {
        endpoint.DeployedModels.Add(deployed);
        if (split.Count > 0)
        {
            TrafficSplit.Apply(endpoint, split, deployed.Id);
        }
        else if (endpoint.DeployedModels.Count == 1)
        {
            // Nobody deploys the only model of an endpoint in order to be refused; a split can be cleared afterwards.
            endpoint.TrafficSplit[deployed.Id] = 100;
        }
    }

    private static void RequireRoom(Endpoint endpoint, string id)
    {
        if (endpoint.DeployedModels.Any(d => d.Id == id))
        {
            throw StatusException.AlreadyExists($"Endpoint '{endpoint.Name}' has a deployed model '{id}' already.");
        }

        if (endpoint.DeployedModels.Count >= MaxDeployed)
        {
            throw StatusException.ResourceExhausted(
                $"Endpoint '{endpoint.Name}' has {MaxDeployed} deployed models, which is the most; undeploy one first."
            );
        }
    }

    private Endpoint Endpoint(ISqlSession session, EndpointName name) =>
        store.Find<Endpoint>(session, EndpointKinds.Endpoint, name.ToString())
        ?? throw StatusException.NotFound($"There is no endpoint '{name}'.");
}
