using System.CommandLine;
using System.Text.Json.Nodes;
using Cairn.Cli.Shell;

namespace Cairn.Cli.Commands.Experiments;

internal sealed class CreateExperiment : ApiCommand
{
    private readonly Argument<string> _name = new("NAME")
    {
        Description = "What people call it; no other experiment of the project has the name.",
    };
    private readonly Option<string?> _artifacts = new("--artifact-location")
    {
        Description = "Where its runs' files go: gs://bucket/folder; the server keeps them if not given.",
        HelpName = "URI",
    };
    private readonly Option<string[]> _tags = new("--tags") { Description = "Tags, as key=value,….", HelpName = "KEY=VALUE,…" };

    public CreateExperiment()
        : base("create", "Create an experiment.")
    {
        Add(_name);
        Add(_artifacts);
        Add(_tags);
    }

    protected override async Task<int> RunAsync(ParseResult parse, ApiSession session, CancellationToken cancellation)
    {
        var body = new JsonObject
        {
            ["name"] = parse.GetValue(_name),
            ["artifact_location"] = parse.GetValue(_artifacts),
            ["tags"] = new JsonArray([
                .. KeyValues
                    .Parse(_tags.Name, parse.GetValue(_tags))
                    .Select(static tag => new JsonObject { ["key"] = tag.Key, ["value"] = tag.Value }),
            ]),
        };
        var id = (string)(await session.Mlflow.PostAsync("experiments/create", body, cancellation))["experiment_id"]!;
        session.Status.WriteLine($"Created experiment {id}.");
        var made = (await session.Mlflow.GetAsync("experiments/get", cancellation, ("experiment_id", id)))["experiment"]!.AsObject();
        session.Printer.One(ExperimentLookup.Shown(made).ToJsonString());
        return ExitCode.Ok;
    }
}
