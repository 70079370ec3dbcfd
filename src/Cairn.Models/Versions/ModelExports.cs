using System.Globalization;
using Cairn.Data;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Operations;
using Cairn.Kernel.Rpc;
using Cairn.Kernel.Store;
using Cairn.Models.Artifacts;
using Cairn.Models.Names;
using Google.Cloud.AIPlatform.V1;
using Google.LongRunning;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Cairn.Models.Versions;

/// <summary>
/// Writes a version's files to a folder of a bucket. The folder's name is fixed when the operation is recorded, so that a repeated run
/// writes the same objects.
/// </summary>
public sealed class ModelExports(
    IResourceStore store,
    IOperations operations,
    ModelRegistry registry,
    IObjects objects,
    BucketAccess buckets,
    TimeProvider time
) : IOperationHandler
{
    public string Name => "models.export";

    public async Task<Operation> ExportAsync(ExportModelRequest request, ModelName name, CallContext context)
    {
        var prefix = request.OutputConfig?.ArtifactDestination?.OutputUriPrefix ?? "";
        if (prefix.Length == 0)
        {
            throw StatusException.InvalidArgument(
                "`output_config.artifact_destination.output_uri_prefix` is empty; it is the gs:// folder to export to. Container images cannot be exported."
            );
        }

        var destination = GsUri.Parse(prefix, "output_config.artifact_destination.output_uri_prefix");
        await buckets.RequireAsync(destination, context);
        var model = await registry.GetAsync(name, context.Cancellation);
        var format = request.OutputConfig!.ExportFormatId;
        if (model.Artifacts is null || (format.Length > 0 && model.Message.SupportedExportFormats.All(f => f.Id != format)))
        {
            throw StatusException.FailedPrecondition(
                model.Artifacts is null
                    ? $"Model '{model.Name}' has no files to export."
                    : $"`output_config.export_format_id` is '{format}'; model '{model.Name}' can be exported as {string.Join(", ", model.Message.SupportedExportFormats.Select(f => $"'{f.Id}'"))}."
            );
        }

        var moment = time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        var folder = destination.Join($"model-export-{model.Message.DisplayName.Replace('/', '-')}-{moment}");
        var work = new ExportModelRequest
        {
            Name = model.Name.ToString(),
            OutputConfig = new ExportModelRequest.Types.OutputConfig
            {
                ArtifactDestination = new GcsDestination { OutputUriPrefix = folder.ToString() },
            },
        };
        var metadata = new ExportModelOperationMetadata
        {
            OutputInfo = new ExportModelOperationMetadata.Types.OutputInfo { ArtifactOutputUri = folder.ToString() },
        };
        return await store.WriteAsync(
            session => operations.Enqueue(session, name.Parent.ToString(), Name, work, metadata),
            context.Cancellation
        );
    }

    public async Task<IMessage> RunAsync(string operation, Any request, CancellationToken cancellation)
    {
        var work = request.Unpack<ExportModelRequest>();
        var model = await registry.GetAsync(ModelName.Parse(work.Name, "name"), cancellation);
        var folder = GsUri.Parse(
            work.OutputConfig.ArtifactDestination.OutputUriPrefix,
            "output_config.artifact_destination.output_uri_prefix"
        );
        var source = await registry.OpenFilesAsync(model.Artifacts!, cancellation);
        foreach (var file in model.Artifacts!.Files)
        {
            var content = File.OpenRead(Path.Combine(source, file.Path));
            await using (content)
            {
                await objects.PutAsync(folder.Join(file.Path), content, "application/octet-stream", cancellation);
            }
        }

        return new ExportModelResponse();
    }
}
