using Cairn.Kernel.Rpc;
using Cairn.Kernel.Security;
using Cairn.Kernel.Store;
using Cairn.Metadata.Lineage;
using Cairn.Metadata.Names;
using Cairn.Metadata.Nodes;
using Cairn.Metadata.Relations;
using Cairn.Metadata.Schemas;
using Cairn.Metadata.Stores;
using Google.Cloud.AIPlatform.V1;
using Google.LongRunning;
using Google.Protobuf.Reflection;

namespace Cairn.Metadata;

/// <summary>Vertex's <c>MetadataService</c>: checks the tenant boundary, and leaves each verb to the class that knows it.</summary>
public sealed class MetadataService(
    IResourceStore store,
    MetadataStores stores,
    StoreDeletion deletion,
    MetadataSchemas schemas,
    Artifacts artifacts,
    Executions executions,
    Contexts contexts,
    NodePurge purge,
    RelationVerbs relations,
    Subgraphs subgraphs
) : IRpcService
{
    public ServiceDescriptor Descriptor => MetadataServiceReflection.Descriptor.Services[0];

    [Permission("aiplatform.metadataStores.create")]
    public Task<Operation> CreateMetadataStore(CreateMetadataStoreRequest request, CallContext context) =>
        stores.CreateAsync(request, In(context, request.Parent));

    [Permission("aiplatform.metadataStores.get")]
    public Task<MetadataStore> GetMetadataStore(GetMetadataStoreRequest request, CallContext context) =>
        store.GetAsync<MetadataStore>(MetadataKinds.Store, StoreName.Parse(request.Name, "name").ToString(), In(context, request.Name));

    [Permission("aiplatform.metadataStores.list")]
    public async Task<ListMetadataStoresResponse> ListMetadataStores(ListMetadataStoresRequest request, CallContext context)
    {
        var page = await store.ListAsync<MetadataStore>(
            MetadataKinds.Store,
            new ListQuery(request.Parent, "", "", request.PageSize, request.PageToken),
            In(context, request.Parent)
        );
        return new ListMetadataStoresResponse { MetadataStores = { page.Items }, NextPageToken = page.NextPageToken };
    }

    [Permission("aiplatform.metadataStores.delete")]
    public Task<Operation> DeleteMetadataStore(DeleteMetadataStoreRequest request, CallContext context) =>
        deletion.StartAsync(StoreName.Parse(request.Name, "name"), In(context, request.Name));

    [Permission("aiplatform.artifacts.create")]
    public Task<Artifact> CreateArtifact(CreateArtifactRequest request, CallContext context) =>
        artifacts.CreateAsync(request.Parent, request.Artifact, request.ArtifactId, In(context, request.Parent));

    [Permission("aiplatform.artifacts.get")]
    public Task<Artifact> GetArtifact(GetArtifactRequest request, CallContext context) =>
        artifacts.GetAsync(request.Name, In(context, request.Name));

    [Permission("aiplatform.artifacts.list")]
    public async Task<ListArtifactsResponse> ListArtifacts(ListArtifactsRequest request, CallContext context)
    {
        var query = new ListQuery(request.Parent, request.Filter, request.OrderBy, request.PageSize, request.PageToken);
        var page = await artifacts.ListAsync(query, In(context, request.Parent));
        return new ListArtifactsResponse { Artifacts = { page.Items }, NextPageToken = page.NextPageToken };
    }

    [Permission("aiplatform.artifacts.update")]
    public Task<Artifact> UpdateArtifact(UpdateArtifactRequest request, CallContext context) =>
        artifacts.UpdateAsync(request.Artifact, request.UpdateMask, request.AllowMissing, In(context, request.Artifact.Name));

    [Permission("aiplatform.artifacts.delete")]
    public Task<Operation> DeleteArtifact(DeleteArtifactRequest request, CallContext context) =>
        artifacts.DeleteAsync(request.Name, request.Etag, In(context, request.Name));

    [Permission("aiplatform.artifacts.delete")]
    public Task<Operation> PurgeArtifacts(PurgeArtifactsRequest request, CallContext context) =>
        purge.StartAsync(
            request.Parent,
            request.Filter,
            request,
            static generic => new PurgeArtifactsMetadata { GenericMetadata = generic },
            In(context, request.Parent)
        );

    [Permission("aiplatform.executions.create")]
    public Task<Execution> CreateExecution(CreateExecutionRequest request, CallContext context) =>
        executions.CreateAsync(request.Parent, request.Execution, request.ExecutionId, In(context, request.Parent));

    [Permission("aiplatform.executions.get")]
    public Task<Execution> GetExecution(GetExecutionRequest request, CallContext context) =>
        executions.GetAsync(request.Name, In(context, request.Name));

    [Permission("aiplatform.executions.list")]
    public async Task<ListExecutionsResponse> ListExecutions(ListExecutionsRequest request, CallContext context)
    {
        var query = new ListQuery(request.Parent, request.Filter, request.OrderBy, request.PageSize, request.PageToken);
        var page = await executions.ListAsync(query, In(context, request.Parent));
        return new ListExecutionsResponse { Executions = { page.Items }, NextPageToken = page.NextPageToken };
    }

    [Permission("aiplatform.executions.update")]
    public Task<Execution> UpdateExecution(UpdateExecutionRequest request, CallContext context) =>
        executions.UpdateAsync(request.Execution, request.UpdateMask, request.AllowMissing, In(context, request.Execution.Name));

    [Permission("aiplatform.executions.delete")]
    public Task<Operation> DeleteExecution(DeleteExecutionRequest request, CallContext context) =>
        executions.DeleteAsync(request.Name, request.Etag, In(context, request.Name));

    [Permission("aiplatform.executions.delete")]
    public Task<Operation> PurgeExecutions(PurgeExecutionsRequest request, CallContext context) =>
        purge.StartAsync(
            request.Parent,
            request.Filter,
            request,
            static generic => new PurgeExecutionsMetadata { GenericMetadata = generic },
            In(context, request.Parent)
        );

    [Permission("aiplatform.contexts.create")]
    public Task<Context> CreateContext(CreateContextRequest request, CallContext context) =>
        contexts.CreateAsync(request.Parent, request.Context, request.ContextId, In(context, request.Parent));

    [Permission("aiplatform.contexts.get")]
    public Task<Context> GetContext(GetContextRequest request, CallContext context) =>
        contexts.GetAsync(request.Name, In(context, request.Name));

    [Permission("aiplatform.contexts.list")]
    public async Task<ListContextsResponse> ListContexts(ListContextsRequest request, CallContext context)
    {
        var query = new ListQuery(request.Parent, request.Filter, request.OrderBy, request.PageSize, request.PageToken);
        var page = await contexts.ListAsync(query, In(context, request.Parent));
        return new ListContextsResponse { Contexts = { page.Items }, NextPageToken = page.NextPageToken };
    }

    [Permission("aiplatform.contexts.update")]
    public Task<Context> UpdateContext(UpdateContextRequest request, CallContext context) =>
        contexts.UpdateAsync(request.Context, request.UpdateMask, request.AllowMissing, In(context, request.Context.Name));

    [Permission("aiplatform.contexts.delete")]
    public Task<Operation> DeleteContext(DeleteContextRequest request, CallContext context) =>
        contexts.DeleteAsync(request.Name, request.Etag, In(context, request.Name));

    [Permission("aiplatform.contexts.delete")]
    public Task<Operation> PurgeContexts(PurgeContextsRequest request, CallContext context) =>
        purge.StartAsync(
            request.Parent,
            request.Filter,
            request,
            static generic => new PurgeContextsMetadata { GenericMetadata = generic },
            In(context, request.Parent)
        );

    [Permission("aiplatform.contexts.addContextArtifactsAndExecutions")]
    public async Task<AddContextArtifactsAndExecutionsResponse> AddContextArtifactsAndExecutions(
        AddContextArtifactsAndExecutionsRequest request,
        CallContext context
    )
    {
        await relations.AddMembersAsync(request, In(context, request.Context));
        return new AddContextArtifactsAndExecutionsResponse();
    }

    [Permission("aiplatform.contexts.addContextChildren")]
    public async Task<AddContextChildrenResponse> AddContextChildren(AddContextChildrenRequest request, CallContext context)
    {
        await relations.AddChildrenAsync(request, In(context, request.Context));
        return new AddContextChildrenResponse();
    }

    [Permission("aiplatform.contexts.addContextChildren")]
    public async Task<RemoveContextChildrenResponse> RemoveContextChildren(RemoveContextChildrenRequest request, CallContext context)
    {
        await relations.RemoveChildrenAsync(request, In(context, request.Context));
        return new RemoveContextChildrenResponse();
    }

    [Permission("aiplatform.contexts.get")]
    public Task<LineageSubgraph> QueryContextLineageSubgraph(QueryContextLineageSubgraphRequest request, CallContext context) =>
        subgraphs.OfContextAsync(NodeName.Parse(request.Context, NodeName.Contexts, "context"), In(context, request.Context));

    [Permission("aiplatform.executions.addExecutionEvents")]
    public async Task<AddExecutionEventsResponse> AddExecutionEvents(AddExecutionEventsRequest request, CallContext context)
    {
        await relations.AddEventsAsync(request, In(context, request.Execution));
        return new AddExecutionEventsResponse();
    }

    [Permission("aiplatform.executions.get")]
    public Task<LineageSubgraph> QueryExecutionInputsAndOutputs(QueryExecutionInputsAndOutputsRequest request, CallContext context) =>
        subgraphs.OfExecutionAsync(NodeName.Parse(request.Execution, NodeName.Executions, "execution"), In(context, request.Execution));

    [Permission("aiplatform.artifacts.get")]
    public Task<LineageSubgraph> QueryArtifactLineageSubgraph(QueryArtifactLineageSubgraphRequest request, CallContext context) =>
        subgraphs.OfArtifactAsync(
            NodeName.Parse(request.Artifact, NodeName.Artifacts, "artifact"),
            request.MaxHops,
            request.Filter,
            In(context, request.Artifact)
        );

    [Permission("aiplatform.metadataSchemas.create")]
    public Task<MetadataSchema> CreateMetadataSchema(CreateMetadataSchemaRequest request, CallContext context) =>
        schemas.CreateAsync(request, In(context, request.Parent));

    [Permission("aiplatform.metadataSchemas.get")]
    public Task<MetadataSchema> GetMetadataSchema(GetMetadataSchemaRequest request, CallContext context) =>
        schemas.GetAsync(NodeName.Parse(request.Name, NodeName.Schemas, "name"), In(context, request.Name));

    [Permission("aiplatform.metadataSchemas.list")]
    public async Task<ListMetadataSchemasResponse> ListMetadataSchemas(ListMetadataSchemasRequest request, CallContext context)
    {
        var page = await schemas.ListAsync(request, In(context, request.Parent));
        return new ListMetadataSchemasResponse { MetadataSchemas = { page.Items }, NextPageToken = page.NextPageToken };
    }

    /// <summary>Checks the tenant boundary, and returns what ends the call.</summary>
    private static CancellationToken In(CallContext context, string name)
    {
        context.RequireProject(name);
        return context.Cancellation;
    }
}
