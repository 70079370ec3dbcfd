using System.CommandLine;
using System.Text.Json.Nodes;
using Cairn.Cli.Shell;

namespace Cairn.Cli.Commands.Experiments;

internal sealed class RenameExperiment : ApiCommand
{
    private readonly Argument<string> name = new("EXPERIMENT") { Description = ExperimentLookup.Argument };
    private readonly Argument<string> wanted = new("NEW-NAME") { Description = "What it is to be called." };

    public RenameExperiment() : base("rename", "Give an experiment another name.")
    {
        Add(name);
        Add(wanted);
    }

    protected override async Task<int> RunAsync(ParseResult parse, ApiSession session, CancellationToken cancellation)
    {
        var id = await new ExperimentLookup(session.Mlflow).IdAsync(parse.GetValue(name)!, cancellation);
        await session.Mlflow.PostAsync("experiments/update", new JsonObject { ["experiment_id"] = id, ["new_name"] = parse.GetValue(wanted) }, cancellation);
        session.Status.WriteLine($"Experiment {id} is called '{parse.GetValue(wanted)}'.");
        return ExitCode.Ok;
    }
}
