using Cairn.Kernel.Errors;
using Cairn.Kernel.Names;
using Cairn.Kernel.Operations;
using Cairn.Kernel.Rpc;
using Cairn.Kernel.Security;
using Cairn.Kernel.Store;
using Cairn.Kernel.Time;
using Cairn.Models;
using Cairn.Models.Names;
using Cairn.Serving.Prediction;
using Google.Cloud.AIPlatform.V1;
using Google.LongRunning;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace Cairn.Serving.Endpoints;

/// <summary>Vertex's <c>EndpointService</c>.</summary>
public sealed class EndpointService(
    IResourceStore store,
    IOperations operations,
    Deployments deployments,
    EndpointRoutes routes,
    IEnumerable<IDeploymentObserver> observers,
    IIdSource ids
) : IRpcService
{
    public ServiceDescriptor Descriptor => EndpointServiceReflection.Descriptor.Services[0];

    [Permission("aiplatform.endpoints.create")]
    public Task<Operation> CreateEndpoint(CreateEndpointRequest request, CallContext context)
    {
        context.RequireProject(request.Parent);
        var parent = LocationName.Parse(request.Parent, "parent");
        if (request.EndpointId.Length > 0)
        {
            EndpointName.RequireId(request.EndpointId);
        }

        var endpoint = request.Endpoint.Clone();
        endpoint.Name = new EndpointName(parent, request.EndpointId.Length > 0 ? request.EndpointId : ids.NextNumber()).ToString();
        endpoint.Etag = "";
        endpoint.DeployedModels.Clear();
        Require(endpoint);
        if (endpoint.TrafficSplit.Count > 0)
        {
            throw StatusException.InvalidArgument(
                "`endpoint.traffic_split` must be empty on an endpoint that has no deployed model yet; give it when a model is deployed."
            );
        }

        return store.WriteAsync(
            session =>
                operations.Completed(
                    session,
                    request.Parent,
                    store.Insert(session, EndpointKinds.Endpoint, endpoint),
                    new CreateEndpointOperationMetadata()
                ),
            context.Cancellation
        );
    }

    [Permission("aiplatform.endpoints.get")]
    public Task<Endpoint> GetEndpoint(GetEndpointRequest request, CallContext context) =>
        store.GetAsync<Endpoint>(EndpointKinds.Endpoint, Name(request.Name, "name", context).ToString(), context.Cancellation);

    [Permission("aiplatform.endpoints.list")]
    public async Task<ListEndpointsResponse> ListEndpoints(ListEndpointsRequest request, CallContext context)
    {
        context.RequireProject(request.Parent);
        LocationName.Parse(request.Parent, "parent");
        var query = new ListQuery(request.Parent, request.Filter, request.OrderBy, request.PageSize, request.PageToken);
        var page = await store.ListAsync<Endpoint>(EndpointKinds.Endpoint, query, context.Cancellation);
        return new ListEndpointsResponse { Endpoints = { page.Items }, NextPageToken = page.NextPageToken };
    }

    [Permission("aiplatform.endpoints.update")]
    public Task<Endpoint> UpdateEndpoint(UpdateEndpointRequest request, CallContext context) =>
        UpdateAsync(
            Name(request.Endpoint.Name, "endpoint.name", context),
            request.Endpoint,
            request.UpdateMask,
            static (_, endpoint) => endpoint,
            context
        );

    [Permission("aiplatform.endpoints.update")]
    public Task<Operation> UpdateEndpointLongRunning(UpdateEndpointLongRunningRequest request, CallContext context)
    {
        var name = Name(request.Endpoint.Name, "endpoint.name", context);
        var mask = new FieldMask { Paths = { "client_connection_config" } };
        return UpdateAsync(
            name,
            request.Endpoint,
            mask,
            (session, endpoint) => operations.Completed(session, name.Parent.ToString(), endpoint, new UpdateEndpointOperationMetadata()),
            context
        );
    }

    [Permission("aiplatform.endpoints.delete")]
    public async Task<Operation> DeleteEndpoint(DeleteEndpointRequest request, CallContext context)
    {
        var name = Name(request.Name, "name", context);
        var operation = await store.WriteAsync(
            session =>
            {
                var endpoint =
                    store.Find<Endpoint>(session, EndpointKinds.Endpoint, request.Name)
                    ?? throw StatusException.NotFound($"There is no endpoint '{name}'.");
                if (endpoint.DeployedModels.Count > 0)
                {
                    throw StatusException.FailedPrecondition(
                        $"Endpoint '{name}' has deployed models: {string.Join(", ", endpoint.DeployedModels.Select(d => $"'{d.Id}' ({d.Model}@{d.ModelVersionId})"))}; undeploy them first."
                    );
                }

                store.Delete(session, EndpointKinds.Endpoint, endpoint.Name);
                DeploymentTable.Bump(session);
                foreach (var observer in observers)
                {
                    observer.EndpointRemoved(session, endpoint.Name);
                }

                return operations.Deleted(session, name.Parent.ToString());
            },
            context.Cancellation
        );
        routes.Invalidate(request.Name);
        return operation;
    }

    [Permission("aiplatform.endpoints.deploy")]
    public Task<Operation> DeployModel(DeployModelRequest request, CallContext context)
    {
        context.RequireProject(request.DeployedModel.Model);
        return deployments.DeployAsync(request, Name(request.Endpoint, "endpoint", context), context.Cancellation);
    }

    [Permission("aiplatform.endpoints.undeploy")]
    public Task<Operation> UndeployModel(UndeployModelRequest request, CallContext context) =>
        deployments.UndeployAsync(request, Name(request.Endpoint, "endpoint", context), context.Cancellation);

    private async Task<T> UpdateAsync<T>(
        EndpointName name,
        Endpoint change,
        FieldMask? mask,
        Func<Kernel.Database.ISqlSession, Endpoint, T> result,
        CallContext context
    )
    {
        var updated = await store.WriteAsync(
            session =>
            {
                var stored =
                    store.Find<Endpoint>(session, EndpointKinds.Endpoint, name.ToString())
                    ?? throw StatusException.NotFound($"There is no endpoint '{name}'.");
                var next = FieldMasks.Apply(stored, change, mask);
                next.Etag = change.Etag;
                Require(next);
                if (!next.TrafficSplit.Equals(stored.TrafficSplit))
                {
                    TrafficSplit.Apply(next, next.TrafficSplit.Clone(), null);
                }

                DeploymentTable.Bump(session);
                foreach (var observer in observers)
                {
                    observer.EndpointChanged(session, next);
                }

                return result(session, store.Update(session, EndpointKinds.Endpoint, next));
            },
            context.Cancellation
        );
        routes.Invalidate(name.ToString());
        return updated;
    }

    private static void Require(Endpoint endpoint)
    {
        ResourceId.RequireDisplayName("endpoint.display_name", endpoint.DisplayName);
        ResourceId.RequireLabels("endpoint.labels", endpoint.Labels);
    }

    private static EndpointName Name(string name, string field, CallContext context)
    {
        context.RequireProject(name);
        return EndpointName.Parse(name, field);
    }
}
