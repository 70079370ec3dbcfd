using Cairn.Kernel.Operations;
using Cairn.Kernel.Store;
using Cairn.Metadata.Names;
using Cairn.Metadata.Nodes;
using Google.Cloud.AIPlatform.V1;
using Google.LongRunning;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Cairn.Metadata.Stores;

/// <summary>
/// Deletes a store with all that is in it, in steps of a few hundred nodes; the store itself goes last, in the transaction that finds it
/// empty, so that a crash leaves a store that the operation goes on deleting.
/// </summary>
public sealed class StoreDeletion(
    IResourceStore store,
    IOperations operations,
    Artifacts artifacts,
    Executions executions,
    Contexts contexts,
    TimeProvider time
) : IOperationHandler
{
    private const int Step = 200;

    public string Name => "metadata.deleteStore";

    public async Task<Operation> StartAsync(StoreName name, CancellationToken cancellation)
    {
        return await store.WriteAsync(
            session =>
            {
                if (store.Find<MetadataStore>(session, MetadataKinds.Store, name.ToString()) is null)
                {
                    throw Kernel.Errors.StatusException.NotFound($"MetadataStore '{name}' does not exist.");
                }

                var now = time.GetUtcNow().ToTimestamp();
                return operations.Enqueue(
                    session,
                    name.Parent,
                    Name,
                    new DeleteMetadataStoreRequest { Name = name.ToString() },
                    new DeleteMetadataStoreOperationMetadata
                    {
                        GenericMetadata = new GenericOperationMetadata { CreateTime = now, UpdateTime = now },
                    }
                );
            },
            cancellation
        );
    }

    public async Task<IMessage> RunAsync(string operation, Any request, CancellationToken cancellation)
    {
        var name = StoreName.Parse(request.Unpack<DeleteMetadataStoreRequest>().Name, "name");
        var empty = false;
        while (!empty)
        {
            cancellation.ThrowIfCancellationRequested();
            empty = await store.WriteAsync(
                session =>
                {
                    if (
                        contexts.DeleteSome(session, name, Step)
                            + executions.DeleteSome(session, name, Step)
                            + artifacts.DeleteSome(session, name, Step)
                        > 0
                    )
                    {
                        return false;
                    }

                    foreach (var schema in store.Children<MetadataSchema>(session, MetadataKinds.Schema, name.ToString()))
                    {
                        store.Delete(session, MetadataKinds.Schema, schema.Name);
                    }

                    store.Delete(session, MetadataKinds.Store, name.ToString());
                    return true;
                },
                CancellationToken.None
            );
        }

        return new Empty();
    }
}
