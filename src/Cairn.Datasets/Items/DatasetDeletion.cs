using Cairn.Datasets.Names;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Operations;
using Cairn.Kernel.Rpc;
using Cairn.Kernel.Store;
using Google.Cloud.AIPlatform.V1;
using Google.LongRunning;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Cairn.Datasets.Items;

/// <summary>
/// Deletes a data set at once, and its items after it. The files that it was made from stay, and so does its node in the lineage graph.
/// </summary>
internal sealed class DatasetDeletion(IResourceStore store, IOperations operations, TimeProvider time) : IOperationHandler
{
    private const int Batch = 200;

    public string Name => "datasets.delete";

    public async Task<Operation> DeleteAsync(DeleteDatasetRequest request, CallContext context)
    {
        var name = DatasetName.Parse(request.Name, "name");
        return await store.WriteAsync(
            session =>
            {
                var dataset =
                    store.Find<Dataset>(session, DatasetKinds.Dataset, name.ToString())
                    ?? throw StatusException.NotFound($"Dataset '{name}' does not exist.");
                store.Delete(session, DatasetKinds.Dataset, dataset.Name);
                var now = time.GetUtcNow().ToTimestamp();
                var metadata = new DeleteOperationMetadata
                {
                    GenericMetadata = new GenericOperationMetadata { CreateTime = now, UpdateTime = now },
                };
                return DatasetSchemas.TypeOf(dataset).IsTable()
                    ? operations.Deleted(session, name.Parent.ToString())
                    : operations.Enqueue(session, name.Parent.ToString(), Name, request, metadata);
            },
            context.Cancellation
        );
    }

    public async Task<IMessage> RunAsync(string operation, Any request, CancellationToken cancellation)
    {
        var dataset = request.Unpack<DeleteDatasetRequest>().Name;
        while (await DeleteSomeAsync<DataItem>(DatasetKinds.DataItem, dataset, static item => item.Name, cancellation)) { }

        while (await DeleteSomeAsync<AnnotationSpec>(DatasetKinds.AnnotationSpec, dataset, static spec => spec.Name, cancellation)) { }

        await store.WriteAsync(
            session =>
            {
                ItemTable.Forget(session, dataset);
                return true;
            },
            cancellation
        );
        return new Empty();
    }

    private async Task<bool> DeleteSomeAsync<T>(ResourceKind kind, string dataset, Func<T, string> name, CancellationToken cancellation)
        where T : class, IMessage<T>
    {
        var page = await store.ListAsync<T>(kind, new ListQuery(dataset, PageSize: Batch), cancellation);
        await store.WriteAsync(
            session =>
            {
                foreach (var item in page.Items)
                {
                    foreach (var annotation in store.Children<Annotation>(session, DatasetKinds.Annotation, name(item)))
                    {
                        store.Delete(session, DatasetKinds.Annotation, annotation.Name);
                    }

                    store.Delete(session, kind, name(item));
                }

                return true;
            },
            cancellation
        );
        return page.Items.Count > 0;
    }
}
