using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Store;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Datasets.Items;

/// <summary>Items together with their annotations.</summary>
internal sealed class ItemSearch(IDatabase database, IResourceStore store)
{
    private const int DefaultAnnotations = 1_000;

    /// <exception cref="StatusException">UNIMPLEMENTED for ways of searching that are not there.</exception>
    public async Task<SearchDataItemsResponse> SearchAsync(string dataset, SearchDataItemsRequest request, CancellationToken cancellation)
    {
#pragma warning disable CS0612 // Fields that are deprecated and that clients still send.
        var missing =
            request.SavedQuery.Length > 0 || request.OrderByAnnotation is not null ? "saved queries"
            : request.DataLabelingJob.Length > 0 ? "labelling jobs"
            : request.AnnotationFilters.Count > 0 || request.AnnotationsFilter.Length > 0 ? "filters on annotations"
            : null;
        if (missing is not null)
        {
            throw StatusException.Unimplemented(
                $"SearchDataItems with {missing} is not there yet; it takes `data_item_filter`, `order_by_data_item`, `annotations_limit` and pages."
            );
        }

        var order = request.OrderByDataItem.Length > 0 ? request.OrderByDataItem : request.OrderBy;
#pragma warning restore CS0612
        var page = await store.ListAsync<DataItem>(
            DatasetKinds.DataItem,
            new ListQuery(dataset, request.DataItemFilter, order, request.PageSize, request.PageToken),
            cancellation
        );
        var limit = request.AnnotationsLimit > 0 ? request.AnnotationsLimit : DefaultAnnotations;
        var views = await database.ReadAsync(
            session =>
                page.Items.Select(item =>
                    {
                        var annotations = store.Children<Annotation>(session, DatasetKinds.Annotation, item.Name);
                        return new DataItemView
                        {
                            DataItem = item,
                            Annotations = { annotations.Take(limit) },
                            HasTruncatedAnnotations = annotations.Count > limit,
                        };
                    })
                    .ToList(),
            cancellation
        );
        return new SearchDataItemsResponse { DataItemViews = { views }, NextPageToken = page.NextPageToken };
    }
}
