using Cairn.Datasets.Exports;
using Cairn.Datasets.Items;
using Cairn.Datasets.Names;
using Cairn.Kernel.Names;
using Cairn.Kernel.Rpc;
using Cairn.Kernel.Security;
using Cairn.Kernel.Store;
using Google.Cloud.AIPlatform.V1;
using Google.LongRunning;
using Google.Protobuf.Reflection;

namespace Cairn.Datasets;

/// <summary>Vertex's <c>DatasetService</c>, but for versions of data sets and saved queries.</summary>
internal sealed class DatasetService(
    IResourceStore store,
    DatasetCreation creation,
    DatasetDeletion deletion,
    DatasetImports imports,
    ExportOperations exports,
    ItemSearch search
) : IRpcService
{
    private static readonly NamePattern ItemName = new("projects/PROJECT/locations/LOCATION/datasets/ID/dataItems/ITEM");

    public ServiceDescriptor Descriptor => DatasetServiceReflection.Descriptor.FindTypeByName<ServiceDescriptor>("DatasetService");

    [Permission("aiplatform.datasets.create")]
    public Task<Operation> CreateDataset(CreateDatasetRequest request, CallContext context)
    {
        context.RequireProject(request.Parent);
        return creation.CreateAsync(request, context.Cancellation);
    }

    [Permission("aiplatform.datasets.get")]
    public Task<Dataset> GetDataset(GetDatasetRequest request, CallContext context)
    {
        context.RequireProject(request.Name);
        return store.GetAsync<Dataset>(DatasetKinds.Dataset, DatasetName.Parse(request.Name, "name").ToString(), context.Cancellation);
    }

    [Permission("aiplatform.datasets.update")]
    public Task<Dataset> UpdateDataset(UpdateDatasetRequest request, CallContext context)
    {
        context.RequireProject(request.Dataset?.Name ?? "");
        return creation.UpdateAsync(request, context.Cancellation);
    }

    [Permission("aiplatform.datasets.list")]
    public async Task<ListDatasetsResponse> ListDatasets(ListDatasetsRequest request, CallContext context)
    {
        context.RequireProject(request.Parent);
        var query = new ListQuery(
            LocationName.Parse(request.Parent, "parent").ToString(),
            request.Filter,
            request.OrderBy,
            request.PageSize,
            request.PageToken
        );
        var page = await store.ListAsync<Dataset>(DatasetKinds.Dataset, query, context.Cancellation);
        return new ListDatasetsResponse { Datasets = { page.Items }, NextPageToken = page.NextPageToken };
    }

    [Permission("aiplatform.datasets.delete")]
    public Task<Operation> DeleteDataset(DeleteDatasetRequest request, CallContext context)
    {
        context.RequireProject(request.Name);
        return deletion.DeleteAsync(request, context);
    }

    [Permission("aiplatform.datasets.import")]
    public Task<Operation> ImportData(ImportDataRequest request, CallContext context)
    {
        context.RequireProject(request.Name);
        return imports.ImportAsync(request, context);
    }

    [Permission("aiplatform.datasets.export")]
    public Task<Operation> ExportData(ExportDataRequest request, CallContext context)
    {
        context.RequireProject(request.Name);
        return exports.ExportAsync(request, context);
    }

    [Permission("aiplatform.dataItems.list")]
    public async Task<ListDataItemsResponse> ListDataItems(ListDataItemsRequest request, CallContext context)
    {
        context.RequireProject(request.Parent);
        var dataset = await DatasetAsync(request.Parent, "parent", context);
        var page = await store.ListAsync<DataItem>(
            DatasetKinds.DataItem,
            new ListQuery(dataset, request.Filter, request.OrderBy, request.PageSize, request.PageToken),
            context.Cancellation
        );
        return new ListDataItemsResponse { DataItems = { page.Items }, NextPageToken = page.NextPageToken };
    }

    [Permission("aiplatform.dataItems.list")]
    public async Task<SearchDataItemsResponse> SearchDataItems(SearchDataItemsRequest request, CallContext context)
    {
        context.RequireProject(request.Dataset);
        var dataset = await DatasetAsync(request.Dataset, "dataset", context);
        return await search.SearchAsync(dataset, request, context.Cancellation);
    }

    [Permission("aiplatform.annotations.list")]
    public async Task<ListAnnotationsResponse> ListAnnotations(ListAnnotationsRequest request, CallContext context)
    {
        context.RequireProject(request.Parent);
        var parts = ItemName.Parse(request.Parent, "parent");
        await DatasetAsync($"projects/{parts[0]}/locations/{parts[1]}/datasets/{parts[2]}", "parent", context);
        _ = await store.GetAsync<DataItem>(DatasetKinds.DataItem, request.Parent, context.Cancellation);
        var page = await store.ListAsync<Annotation>(
            DatasetKinds.Annotation,
            new ListQuery(request.Parent, request.Filter, request.OrderBy, request.PageSize, request.PageToken),
            context.Cancellation
        );
        return new ListAnnotationsResponse { Annotations = { page.Items }, NextPageToken = page.NextPageToken };
    }

    [Permission("aiplatform.annotationSpecs.get")]
    public async Task<AnnotationSpec> GetAnnotationSpec(GetAnnotationSpecRequest request, CallContext context)
    {
        context.RequireProject(request.Name);
        await DatasetAsync(request.Name.Split("/annotationSpecs/")[0], "name", context);
        return await store.GetAsync<AnnotationSpec>(DatasetKinds.AnnotationSpec, request.Name, context.Cancellation);
    }

    /// <summary>The data set's name, checked that there is such a one: what belongs to a deleted one goes little by little.</summary>
    private async Task<string> DatasetAsync(string name, string field, CallContext context) =>
        (await store.GetAsync<Dataset>(DatasetKinds.Dataset, DatasetName.Parse(name, field).ToString(), context.Cancellation)).Name;
}
