using Cairn.Data;
using Cairn.Datasets.Names;
using Cairn.Datasets.Rows;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Names;
using Cairn.Kernel.Operations;
using Cairn.Kernel.Store;
using Cairn.Kernel.Time;
using Cairn.Models.Names;
using Google.Cloud.AIPlatform.V1;
using Google.LongRunning;
using Google.Protobuf.WellKnownTypes;
using Value = Google.Protobuf.WellKnownTypes.Value;

namespace Cairn.Datasets;

/// <summary>Makes data sets and changes what may be changed of them.</summary>
internal sealed class DatasetCreation(
    IResourceStore store,
    IOperations operations,
    SourceFiles sources,
    DatasetLineage lineage,
    IIdSource ids,
    TimeProvider time
)
{
    private const int MaxDescription = 4_096;

    private static readonly string[] Changeable = ["display_name", "description", "labels"];

    public async Task<Operation> CreateAsync(CreateDatasetRequest request, CancellationToken cancellation)
    {
        var parent = LocationName.Parse(request.Parent, "parent");
        var given = request.Dataset ?? throw StatusException.InvalidArgument("`dataset` is missing.");
        var type = DatasetSchemas.TypeOf(given);
        Check(given);
        if (given.SavedQueries.Count > 0)
        {
            throw StatusException.Unimplemented("`dataset.saved_queries` is given; saved queries are not there yet. Leave it out.");
        }

        if (type.IsTable())
        {
            foreach (var address in TableMetadata.Addresses(given.Metadata))
            {
                await sources.RequireAsync(GsUri.Parse(address, "metadata.inputConfig.gcsSource.uri"), parent.Project, cancellation);
            }
        }

        var dataset = new Dataset
        {
            Name = new DatasetName(parent, ids.NextNumber()).ToString(),
            DisplayName = given.DisplayName,
            Description = given.Description,
            MetadataSchemaUri = given.MetadataSchemaUri,
            Metadata = type.IsTable() ? given.Metadata.Clone() : ItemMetadata(given.Metadata, type),
            EncryptionSpec = given.EncryptionSpec?.Clone(),
            ModelReference = given.ModelReference,
            Labels = { given.Labels },
        };
        dataset.Labels[DatasetSchemas.Label] = type.Title();
        return await store.WriteAsync(
            session =>
            {
                dataset.MetadataArtifact = lineage.Put(session, dataset);
                var now = time.GetUtcNow().ToTimestamp();
                var metadata = new CreateDatasetOperationMetadata
                {
                    GenericMetadata = new GenericOperationMetadata { CreateTime = now, UpdateTime = now },
                };
                return operations.Completed(session, parent.ToString(), store.Insert(session, DatasetKinds.Dataset, dataset), metadata);
            },
            cancellation
        );
    }

    public Task<Dataset> UpdateAsync(UpdateDatasetRequest request, CancellationToken cancellation)
    {
        var change = request.Dataset ?? throw StatusException.InvalidArgument("`dataset` is missing.");
        var name = DatasetName.Parse(change.Name, "dataset.name").ToString();
        foreach (var path in request.UpdateMask?.Paths ?? [])
        {
            var field =
                Dataset
                    .Descriptor.Fields.InDeclarationOrder()
                    .FirstOrDefault(f => f.Name == path.Split('.')[0] || f.JsonName == path.Split('.')[0])
                    ?.Name
                ?? path;
            if (!Changeable.Contains(field))
            {
                throw StatusException.InvalidArgument(
                    $"`update_mask` has '{path}'; of a data set, {string.Join(", ", Changeable.Select(static f => $"'{f}'"))} can be changed."
                );
            }
        }

        return store.WriteAsync(
            session =>
            {
                var stored =
                    store.Find<Dataset>(session, DatasetKinds.Dataset, name)
                    ?? throw StatusException.NotFound($"Dataset '{name}' does not exist.");
                var allowed = new Dataset
                {
                    Name = name,
                    DisplayName = change.DisplayName,
                    Description = change.Description,
                    Labels = { change.Labels },
                };
                var changed = FieldMasks.Apply(stored, allowed, request.UpdateMask);
                changed.Etag = change.Etag;
                changed.Labels[DatasetSchemas.Label] = DatasetSchemas.TypeOf(stored).Title();
                Check(changed);
                lineage.Put(session, changed);
                return store.Update(session, DatasetKinds.Dataset, changed);
            },
            cancellation
        );
    }

    private static void Check(Dataset dataset)
    {
        ResourceId.RequireDisplayName("dataset.display_name", dataset.DisplayName);
        if (Characters.Count(dataset.Description) > MaxDescription)
        {
            throw StatusException.InvalidArgument(
                $"`dataset.description` has {dataset.Description.Length} characters; it may have {MaxDescription}."
            );
        }

        ResourceId.RequireLabels("dataset.labels", dataset.Labels);
    }

    private static Value ItemMetadata(Value? given, DatasetType type)
    {
        var metadata = given is { KindCase: Value.KindOneofCase.StructValue } ? given.StructValue.Clone() : new Struct();
        metadata.Fields["dataItemSchemaUri"] = Value.ForString(
            $"gs://google-cloud-aiplatform/schema/dataset/dataitem/{type.Word()}_1.0.0.yaml"
        );
        return Value.ForStruct(metadata);
    }
}
