using System.Globalization;
using Cairn.Data;
using Cairn.Datasets.Items;
using Cairn.Datasets.Names;
using Cairn.Datasets.Rows;
using Cairn.Kernel.Blobs;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Store;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Datasets.Exports;

/// <summary>Data sets, split and exported for trainings.</summary>
public sealed class DatasetExports
{
    /// <summary>About how large the files are that data is exported to, in bytes.</summary>
    public const long ShardBytes = 64 * 1024 * 1024;

    private const string Field = "input_data_config";

    private readonly IResourceStore _store;
    private readonly IBlobStore _blobs;
    private readonly StagedBlobs _staged;
    private readonly SourceFiles _sources;
    private readonly TableExport _tables;
    private readonly ItemExport _items;

    internal DatasetExports(
        IResourceStore store,
        IBlobStore blobs,
        StagedBlobs staged,
        SourceFiles sources,
        TableExport tables,
        ItemExport items
    )
    {
        _store = store;
        _blobs = blobs;
        _staged = staged;
        _sources = sources;
        _tables = tables;
        _items = items;
    }

    /// <summary>Refuses, before anything is stored, what no export could do; returns the folder that the export will be in.</summary>
    /// <param name="config">What a training asks for.</param>
    /// <param name="parent"><c>projects/PROJECT/locations/LOCATION</c> of the training, in which the data set is.</param>
    /// <param name="now">When it asks.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="StatusException">INVALID_ARGUMENT, NOT_FOUND, PERMISSION_DENIED or UNIMPLEMENTED with the reason.</exception>
    public async Task<GsUri> CheckAsync(InputDataConfig config, string parent, DateTimeOffset now, CancellationToken cancellation)
    {
        if (config.SavedQueryId.Length > 0)
        {
            throw StatusException.Unimplemented(
                $"`{Field}.saved_query_id` is '{config.SavedQueryId}'; saved queries are not there yet. Use `annotations_filter`."
            );
        }

        if (config.PersistMlUseAssignment)
        {
            throw StatusException.Unimplemented(
                $"`{Field}.persist_ml_use_assignment` is set; it is not there yet. The files that are exported say which set each item is in."
            );
        }

        if (config.DestinationCase == InputDataConfig.DestinationOneofCase.BigqueryDestination)
        {
            throw StatusException.Unimplemented(
                $"`{Field}.bigquery_destination` is '{config.BigqueryDestination.OutputUri}'; tables of BigQuery are not there yet. Use `gcs_destination`."
            );
        }

        if (config.GcsDestination is not { OutputUriPrefix.Length: > 0 } destination)
        {
            throw StatusException.InvalidArgument(
                $"`{Field}.gcs_destination.output_uri_prefix` is missing; it is the gs:// folder that the data is exported to."
            );
        }

        var dataset = await FindAsync(config, parent, cancellation);
        var type = DatasetSchemas.TypeOf(dataset);
        _ = SplitPlan.Of(config, type);
        if (type.IsTable())
        {
            RequireTable(dataset);
            if (config.AnnotationSchemaUri.Length > 0 || config.AnnotationsFilter.Length > 0)
            {
                throw StatusException.InvalidArgument(
                    $"`{Field}.annotation_schema_uri` or `annotations_filter` is given, and dataset '{dataset.Name}' is a table, which has no annotations."
                );
            }
        }
        else
        {
            _ = Selection(config, type);
        }

        var uri = GsUri.Parse(destination.OutputUriPrefix, $"{Field}.gcs_destination.output_uri_prefix");
        await _sources.RequireAsync(uri, DatasetName.Parse(dataset.Name, "name").Parent.Project, cancellation);
        return uri.Join($"dataset-{config.DatasetId}-{(type.IsTable() ? "tables" : Selection(config, type).Annotation)}-{Moment(now)}");
    }

    /// <summary>Splits the data set and writes its files; <see cref="StagedExport.Publish"/> makes them objects.</summary>
    /// <param name="id">Names the export for ever: staging it again replaces what an earlier attempt has left.</param>
    /// <param name="config">What was checked.</param>
    /// <param name="parent">Of the training.</param>
    /// <param name="directory">What <see cref="CheckAsync"/> returned.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="StatusException">What is wrong with the data, and where.</exception>
    public async Task<StagedExport> StageAsync(
        string id,
        InputDataConfig config,
        string parent,
        GsUri directory,
        CancellationToken cancellation
    )
    {
        var dataset = await FindAsync(config, parent, cancellation);
        var type = DatasetSchemas.TypeOf(dataset);
        var plan = SplitPlan.Of(config, type);
        var export = await StageAsync(id, dataset, plan, type.IsTable() ? null : Selection(config, type), directory, cancellation);
        return export.Rows(Splits.SplitSet.Training) > 0
            ? export
            : throw StatusException.InvalidArgument(
                $"The split leaves nothing for training: of the rows of dataset '{dataset.Name}' {export.Rows(Splits.SplitSet.Validation)} are for validation, {export.Rows(Splits.SplitSet.Test)} for the test, and {export.Ignored} in no set."
            );
    }

    /// <summary>Deletes what has been staged and will not be published.</summary>
    public Task DiscardAsync(string id, CancellationToken cancellation) => _staged.DiscardAsync(id, cancellation);

    internal async Task<StagedExport> StageAsync(
        string id,
        Dataset dataset,
        SplitPlan plan,
        ItemSelection? selection,
        GsUri directory,
        CancellationToken cancellation
    )
    {
        var shards = new ShardSets(id, _blobs, _staged, plan.Splits, ShardBytes);
        await using (shards)
        {
            await shards.BeginAsync(cancellation);
            if (selection is not null)
            {
                return await _items.WriteAsync(dataset, selection, plan, shards, directory, cancellation);
            }

            var files = await _sources.ResolveAsync(
                RequireTable(dataset),
                DatasetName.Parse(dataset.Name, "name").Parent.Project,
                cancellation
            );
            return await _tables.WriteAsync(files, plan.Rule?.Invoke(), shards, directory, cancellation);
        }
    }

    /// <summary>A moment as it stands in the names of folders: YYYY-MM-DDThh:mm:ss.sssZ.</summary>
    internal static string Moment(DateTimeOffset now) =>
        now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private static IReadOnlyList<string> RequireTable(Dataset dataset) => TableMetadata.Addresses(dataset.Metadata);

    private Task<Dataset> FindAsync(InputDataConfig config, string parent, CancellationToken cancellation)
    {
        // Some clients send the whole name.
        var given = config.DatasetId;
        var name = given.Contains('/', StringComparison.Ordinal)
            ? DatasetName.Parse(given, $"{Field}.dataset_id")
            : DatasetName.Parse($"{parent}/datasets/{given}", $"{Field}.dataset_id");
        return name.Parent.ToString() == parent
            ? _store.GetAsync<Dataset>(DatasetKinds.Dataset, name.ToString(), cancellation)
            : throw StatusException.InvalidArgument(
                $"`{Field}.dataset_id` is '{given}'; the data set must be in '{parent}', where the training is."
            );
    }

    private static ItemSelection Selection(InputDataConfig config, DatasetType type) =>
        config.AnnotationSchemaUri.Length > 0
            ? new ItemSelection(ItemFormat.AnnotationOf(config.AnnotationSchemaUri, type), config.AnnotationsFilter, Unannotated: false)
            : throw StatusException.InvalidArgument(
                $"`{Field}.annotation_schema_uri` is missing; it says which annotations of the data set to train on, as gs://google-cloud-aiplatform/schema/dataset/annotation/{type.Word()}_classification_1.0.0.yaml."
            );
}
