using System.CommandLine;
using Cairn.Cli.Api;
using Cairn.Cli.Commands.Verbs;
using Cairn.Cli.Shell;
using Google.Cloud.AIPlatform.V1;
using Google.LongRunning;
using Google.Protobuf.WellKnownTypes;
using Value = Google.Protobuf.WellKnownTypes.Value;

namespace Cairn.Cli.Commands.Datasets;

internal sealed class CreateDataset : ApiCommand
{
    private readonly Option<string> _displayName = new("--display-name")
    {
        Description = "What people call the data set.",
        Required = true,
    };
    private readonly Option<string> _type = new Option<string>("--type")
    {
        Description = "What it is made of.",
        DefaultValueFactory = static _ => "tabular",
    }.AcceptOnlyFromAmong("tabular", "time_series", "image", "text", "video");
    private readonly Option<string[]> _sources = new("--gcs-source")
    {
        Description = "The CSV (or JSON Lines) files of a table; wildcards are allowed.",
        HelpName = "URI,…",
    };
    private readonly Option<string?> _description = new("--description") { Description = "What the data set is for." };
    private readonly LabelsOption _labels = new();

    public CreateDataset()
        : base("create", "Create a data set: a table in files of a bucket, or an empty one to import items into.")
    {
        Add(_displayName);
        Add(_type);
        Add(_sources);
        Add(_description);
        Add(_labels);
    }

    protected override async Task<int> RunAsync(ParseResult parse, ApiSession session, CancellationToken cancellation)
    {
        var dataset = new Dataset
        {
            DisplayName = parse.GetValue(_displayName),
            Description = parse.GetValue(_description) ?? "",
            MetadataSchemaUri = $"gs://google-cloud-aiplatform/schema/dataset/metadata/{parse.GetValue(_type)}_1.0.0.yaml",
        };
        _labels.Apply(parse, dataset.Labels);
        var files = KeyValues.List(parse.GetValue(_sources)).Select(Value.ForString).ToArray();
        if (files.Length > 0)
        {
            dataset.Metadata = Nest("inputConfig", Nest("gcsSource", Nest("uri", Value.ForList(files))));
        }

        var operation = await session.Client.PostAsync<Operation>($"/v1/{session.Parent}/{DatasetsNoun.Collection}", dataset, cancellation);
        var created = await session.Client.ResultAsync<Dataset>(operation, cancellation);
        session.Status.WriteLine($"Created data set [{created.Name}].");
        session.Print(created);
        return ExitCode.Ok;
    }

    private static Value Nest(string name, Value value) => Value.ForStruct(new Struct { Fields = { [name] = value } });
}
