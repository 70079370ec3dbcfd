using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Operations;
using Cairn.Kernel.Store;
using Cairn.Kernel.Time;
using Cairn.Metadata.Names;
using Cairn.Metadata.Nodes;
using Cairn.Metadata.Schemas;
using Google.Cloud.AIPlatform.V1;
using Google.LongRunning;
using Google.Protobuf.WellKnownTypes;

namespace Cairn.Metadata.Stores;

/// <summary>
/// Metadata stores. A project's <c>default</c> store comes into being with the first thing that is put into it, or when it is created by
/// name; others must be created. Every store has the built-in schemas.
/// </summary>
public sealed class MetadataStores(IResourceStore store, IOperations operations, IIdSource ids, TimeProvider time)
{
    private static readonly MetadataStore NewDefault = new() { Description = "Experiments, runs and lineage." };

    public Task<Operation> CreateAsync(CreateMetadataStoreRequest request, CancellationToken cancellation)
    {
        var id = request.MetadataStoreId.Length > 0 ? request.MetadataStoreId : ids.NextHex();
        NodeChecks.RequireId("metadata_store_id", id);
        var name = StoreName.Parse($"{request.Parent}/metadataStores/{id}", "parent");
        return store.WriteAsync(
            session =>
            {
                var created = Insert(session, name, request.MetadataStore);
                var now = time.GetUtcNow().ToTimestamp();
                return operations.Completed(
                    session,
                    name.Parent,
                    created,
                    new CreateMetadataStoreOperationMetadata
                    {
                        GenericMetadata = new GenericOperationMetadata { CreateTime = now, UpdateTime = now },
                    }
                );
            },
            cancellation
        );
    }

    /// <summary>Makes sure that a store is there: creates the default one, and refuses any other that was not created.</summary>
    /// <exception cref="StatusException">NOT_FOUND.</exception>
    public void Require(ISqlSession session, StoreName name)
    {
        if (store.Find<MetadataStore>(session, MetadataKinds.Store, name.ToString()) is not null)
        {
            return;
        }

        if (!name.IsDefault)
        {
            throw StatusException.NotFound(
                $"MetadataStore '{name}' does not exist. Create it, or use '{StoreName.Default(name.Project, name.Location)}', which needs no creation."
            );
        }

        Insert(session, name, NewDefault);
    }

    /// <summary>The same for reading: the default store is empty before it comes into being.</summary>
    public async Task RequireReadableAsync(StoreName name, CancellationToken cancellation)
    {
        if (!name.IsDefault)
        {
            await store.GetAsync<MetadataStore>(MetadataKinds.Store, name.ToString(), cancellation);
        }
    }

    private MetadataStore Insert(ISqlSession session, StoreName name, MetadataStore given)
    {
        var created = store.Insert(
            session,
            MetadataKinds.Store,
            new MetadataStore
            {
                Name = name.ToString(),
                Description = given.Description,
                EncryptionSpec = given.EncryptionSpec?.Clone(),
                DataplexConfig = given.DataplexConfig?.Clone(),
                State = new MetadataStore.Types.MetadataStoreState(),
            }
        );
        foreach (var schema in BuiltInSchemas.All)
        {
            store.Insert(session, MetadataKinds.Schema, schema.In(name));
        }

        return created;
    }
}
