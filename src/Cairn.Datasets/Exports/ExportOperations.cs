using Cairn.Data;
using Cairn.Data.Objects;
using Cairn.Datasets.Items;
using Cairn.Datasets.Names;
using Cairn.Datasets.Rows;
using Cairn.Datasets.Splits;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Operations;
using Cairn.Kernel.Rpc;
using Cairn.Kernel.Store;
using Google.Cloud.AIPlatform.V1;
using Google.LongRunning;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Cairn.Datasets.Exports;

/// <summary>
/// <c>ExportData</c>: a data set into files of a new folder, whose name is fixed when the operation is recorded. The files come into being
/// together.
/// </summary>
internal sealed class ExportOperations(
    IResourceStore store,
    IOperations operations,
    DatasetExports exports,
    SourceFiles sources,
    ObjectCommits commits,
    TimeProvider time
) : IOperationHandler
{
    public string Name => "datasets.export";

    public async Task<Operation> ExportAsync(ExportDataRequest request, CallContext context)
    {
        var name = DatasetName.Parse(request.Name, "name");
        var dataset = await store.GetAsync<Dataset>(DatasetKinds.Dataset, name.ToString(), context.Cancellation);
        var config =
            request.ExportConfig ?? throw StatusException.InvalidArgument("`export_config` is missing; it says where to export to.");
        if (config.SavedQueryId.Length > 0)
        {
            throw StatusException.Unimplemented(
                $"`export_config.saved_query_id` is '{config.SavedQueryId}'; saved queries are not there yet. Use `annotations_filter`."
            );
        }

        if (config.GcsDestination is not { OutputUriPrefix.Length: > 0 } destination)
        {
            throw StatusException.InvalidArgument(
                "`export_config.gcs_destination.output_uri_prefix` is empty; it is the gs:// folder to export to."
            );
        }

        var type = DatasetSchemas.TypeOf(dataset);
        _ = SplitPlan.Of(config, type);
        _ = Selection(config, type);
        var now = time.GetUtcNow();
        var uri = GsUri.Parse(destination.OutputUriPrefix, "export_config.gcs_destination.output_uri_prefix");
        await sources.RequireAsync(uri, name.Parent.Project, context.Cancellation);
        var folder = uri.Join($"export-data-{dataset.DisplayName.Replace('/', '-')}-{DatasetExports.Moment(now)}");
        ObjectName.Require(folder.Join("data-00000-of-00001.jsonl").Object);
        var work = request.Clone();
        work.ExportConfig.GcsDestination.OutputUriPrefix = folder.ToString();
        var metadata = new ExportDataOperationMetadata
        {
            GenericMetadata = new GenericOperationMetadata { CreateTime = now.ToTimestamp(), UpdateTime = now.ToTimestamp() },
            GcsOutputDirectory = folder.ToString(),
        };
        return await store.WriteAsync(
            session => operations.Enqueue(session, name.Parent.ToString(), Name, work, metadata),
            context.Cancellation
        );
    }

    public async Task<IMessage> RunAsync(string operation, Any request, CancellationToken cancellation)
    {
        var work = request.Unpack<ExportDataRequest>();
        var dataset = await store.GetAsync<Dataset>(DatasetKinds.Dataset, work.Name, cancellation);
        var type = DatasetSchemas.TypeOf(dataset);
        var selection = Selection(work.ExportConfig, type);
        var folder = GsUri.Parse(work.ExportConfig.GcsDestination.OutputUriPrefix, "output_uri_prefix");
        try
        {
            var plan = SplitPlan.Of(work.ExportConfig, type);
            var export = await exports.StageAsync(
                operation,
                dataset,
                plan,
                selection,
                selection is null ? folder : folder.Join(Schema(selection, type)),
                cancellation
            );
            await commits.WriteAsync(
                transaction =>
                {
                    if (!export.IsOwn(transaction.Session))
                    {
                        throw StatusException.Aborted("Another server has taken the export over.");
                    }

                    export.Publish(transaction);
                    return true;
                },
                cancellation
            );
            var response = new ExportDataResponse { ExportedFiles = { export.Files } };
            if (plan.Splits)
            {
                response.DataStats = new Model.Types.DataStats
                {
                    TrainingDataItemsCount = export.Rows(SplitSet.Training),
                    ValidationDataItemsCount = export.Rows(SplitSet.Validation),
                    TestDataItemsCount = export.Rows(SplitSet.Test),
                };
            }

            return response;
        }
        catch (Exception error) when (error is StatusException or OperationCanceledException)
        {
            await exports.DiscardAsync(operation, CancellationToken.None);
            throw;
        }
    }

    private static string Schema(ItemSelection selection, DatasetType type) =>
        selection.Annotation.Length > 0 ? selection.Annotation : ItemFormat.All.First(format => format.Type == type).Annotation;

    private static ItemSelection? Selection(ExportDataConfig config, DatasetType type)
    {
        if (type.IsTable())
        {
            return null;
        }

        if (type == DatasetType.Video)
        {
            throw StatusException.Unimplemented("Data sets of videos have no items yet; there is nothing to export.");
        }

        var training = config.ExportUse == ExportDataConfig.Types.ExportUse.CustomCodeTraining;
        return new ItemSelection(
            config.AnnotationSchemaUri.Length > 0 ? ItemFormat.AnnotationOf(config.AnnotationSchemaUri, type) : "",
            config.AnnotationsFilter,
            Unannotated: !training
        );
    }
}
