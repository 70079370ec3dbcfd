using Cairn.Data;
using Cairn.Datasets.Names;
using Cairn.Datasets.Rows;
using Cairn.Kernel.Database;
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
/// Imports items. Every file is read to its end before the first item is stored, so that an import with a mistake in it changes nothing.
/// </summary>
internal sealed class DatasetImports(
    IResourceStore store,
    IDatabase database,
    IOperations operations,
    IObjects objects,
    SourceFiles sources,
    ItemTable items,
    TimeProvider time
) : IOperationHandler
{
    private const int Batch = 200;
    private const int MaxConfigs = 100;

    private static readonly string[] JsonEndings = [".jsonl", ".json", ".ndjson"];

    public string Name => "datasets.import";

    public async Task<Operation> ImportAsync(ImportDataRequest request, CallContext context)
    {
        var name = DatasetName.Parse(request.Name, "name");
        var dataset = await store.GetAsync<Dataset>(DatasetKinds.Dataset, name.ToString(), context.Cancellation);
        var type = DatasetSchemas.TypeOf(dataset);
        if (type.IsTable())
        {
            throw StatusException.FailedPrecondition(
                $"Dataset '{name}' is a table, whose rows stay where `metadata.inputConfig` says; there is nothing to import. Create another data set for other files."
            );
        }

        if (request.ImportConfigs.Count is 0 or > MaxConfigs)
        {
            throw StatusException.InvalidArgument(
                $"`import_configs` has {request.ImportConfigs.Count} entries; it must have 1 to {MaxConfigs}."
            );
        }

        foreach (var config in request.ImportConfigs)
        {
            _ = ItemFormat.Find(config.ImportSchemaUri, type);
            if (config.GcsSource is not { Uris.Count: > 0 })
            {
                throw StatusException.InvalidArgument("`import_configs.gcs_source.uris` is empty; it names the import files.");
            }

            foreach (var uri in config.GcsSource.Uris)
            {
                await sources.RequireAsync(GsUri.Parse(uri, "import_configs.gcs_source.uris"), name.Parent.Project, context.Cancellation);
            }
        }

        var now = time.GetUtcNow().ToTimestamp();
        var metadata = new ImportDataOperationMetadata
        {
            GenericMetadata = new GenericOperationMetadata { CreateTime = now, UpdateTime = now },
        };
        return await store.WriteAsync(
            session => operations.Enqueue(session, name.Parent.ToString(), Name, request, metadata),
            context.Cancellation
        );
    }

    public async Task<IMessage> RunAsync(string operation, Any request, CancellationToken cancellation)
    {
        var work = request.Unpack<ImportDataRequest>();
        var name = DatasetName.Parse(work.Name, "name");
        var dataset = await store.GetAsync<Dataset>(DatasetKinds.Dataset, work.Name, cancellation);
        var plans = new List<(ItemFormat Format, ItemParser Parser, IReadOnlyList<StoredObject> Files)>();
        foreach (var config in work.ImportConfigs)
        {
            var format = ItemFormat.Find(config.ImportSchemaUri, DatasetSchemas.TypeOf(dataset));
            plans.Add(
                (
                    format,
                    new ItemParser(format, config),
                    await sources.ResolveAsync(config.GcsSource.Uris, name.Parent.Project, cancellation)
                )
            );
        }

        foreach (var (format, parser, files) in plans)
        {
            await EachAsync(files, parser, item => CheckAsync(item, format, name, cancellation), cancellation);
        }

        foreach (var (format, parser, files) in plans)
        {
            var batch = new List<ImportedItem>();
            await EachAsync(
                files,
                parser,
                async item =>
                {
                    batch.Add(item);
                    if (batch.Count == Batch)
                    {
                        await AddAsync(work.Name, format, batch, cancellation);
                        batch.Clear();
                    }
                },
                cancellation
            );
            await AddAsync(work.Name, format, batch, cancellation);
        }

        return new ImportDataResponse();
    }

    private Task AddAsync(string dataset, ItemFormat format, List<ImportedItem> batch, CancellationToken cancellation) =>
        database.WriteAsync(
            session =>
            {
                items.Add(session, dataset, format, batch);
                return true;
            },
            cancellation
        );

    private async ValueTask CheckAsync(ImportedItem item, ItemFormat format, DatasetName dataset, CancellationToken cancellation)
    {
        if (item.Field != format.AddressField)
        {
            return;
        }

        var uri = GsUri.Parse(item.Value, item.Field);
        await sources.RequireAsync(uri, dataset.Parent.Project, cancellation);
        if (await objects.FindAsync(uri, cancellation) is null)
        {
            throw StatusException.NotFound($"there is no object '{uri}'.");
        }
    }

    private async Task EachAsync(
        IReadOnlyList<StoredObject> files,
        ItemParser parser,
        Func<ImportedItem, ValueTask> take,
        CancellationToken cancellation
    )
    {
        foreach (var file in files)
        {
            var stream = await sources.OpenAsync(file, cancellation);
            await using (stream)
            {
                long line = 0;
                try
                {
                    if (JsonEndings.Any(ending => file.Name.EndsWith(ending, StringComparison.OrdinalIgnoreCase)))
                    {
                        for (var reader = new LineReader(stream); await reader.ReadAsync(cancellation); )
                        {
                            line = reader.Line;
                            await take(parser.Parse(reader.Record.ToArray()));
                        }
                    }
                    else
                    {
                        for (var reader = new CsvReader(stream); await reader.ReadAsync(cancellation); )
                        {
                            line = reader.Line;
                            await take(parser.Parse(reader));
                        }
                    }
                }
                catch (StatusException error)
                {
                    throw new StatusException(error.Code, $"{SourceFiles.Address(file)}, line {Math.Max(line, 1)}: {error.Message}");
                }
            }
        }
    }
}
