using System.CommandLine;
using Cairn.Cli.Api;
using Cairn.Cli.Commands.Verbs;
using Cairn.Cli.Shell;
using Google.Cloud.AIPlatform.V1;
using Google.LongRunning;

namespace Cairn.Cli.Commands.Datasets;

internal sealed class ImportItems : ApiCommand
{
    private readonly Argument<string> _name = ResourceArgument.For("data set");
    private readonly Option<string[]> _sources = new("--gcs-source")
    {
        Description = "The import files: CSV or JSON Lines.",
        Required = true,
        HelpName = "URI,…",
    };
    private readonly Option<string> _format = new("--import-schema")
    {
        Description = "How they are written, such as image_classification_single_label, or the schema's address.",
        Required = true,
        HelpName = "SCHEMA",
    };
    private readonly LabelsOption _labels = new();

    public ImportItems()
        : base("import", "Import items with their annotations.")
    {
        Add(_name);
        Add(_sources);
        Add(_format);
        Add(_labels);
    }

    protected override async Task<int> RunAsync(ParseResult parse, ApiSession session, CancellationToken cancellation)
    {
        var full = session.Name(DatasetsNoun.Collection, parse.GetValue(_name)!);
        var schema = parse.GetValue(_format)!;
        var config = new ImportDataConfig
        {
            GcsSource = new GcsSource { Uris = { KeyValues.List(parse.GetValue(_sources)) } },
            ImportSchemaUri = schema.Contains('/', StringComparison.Ordinal)
                ? schema
                : $"gs://google-cloud-aiplatform/schema/dataset/ioformat/{schema}_io_format_1.0.0.yaml",
        };
        _labels.Apply(parse, config.DataItemLabels);
        var operation = await session.Client.PostAsync<Operation>(
            $"/v1/{full}:import",
            new ImportDataRequest { ImportConfigs = { config } },
            cancellation
        );
        await session.Client.WaitAsync(operation, cancellation);
        var dataset = await session.Client.GetAsync<Dataset>($"/v1/{full}", cancellation);
        session.Status.WriteLine($"Imported into data set [{full}]; it has {dataset.DataItemCount} items.");
        return ExitCode.Ok;
    }
}
