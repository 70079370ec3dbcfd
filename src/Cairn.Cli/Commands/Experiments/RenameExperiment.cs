using System.CommandLine;
using System.Text.Json.Nodes;
using Cairn.Cli.Shell;

namespace Cairn.Cli.Commands.Experiments;

internal sealed class RenameExperiment : ApiCommand
{
    private readonly Argument<string> _name = new("EXPERIMENT") { Description = ExperimentLookup.Argument };
    private readonly Argument<string> _wanted = new("NEW-NAME") { Description = "What it is to be called." };

    public RenameExperiment()
        : base("rename", "Give an experiment another name.")
    {
        Add(_name);
        Add(_wanted);
    }

    protected override async Task<int> RunAsync(ParseResult parse, ApiSession session, CancellationToken cancellation)
    {
        var id = await new ExperimentLookup(session.Mlflow).IdAsync(parse.GetValue(_name)!, cancellation);
        await session.Mlflow.PostAsync(
            "experiments/update",
            new JsonObject { ["experiment_id"] = id, ["new_name"] = parse.GetValue(_wanted) },
            cancellation
        );
        session.Status.WriteLine($"Experiment {id} is called '{parse.GetValue(_wanted)}'.");
        return ExitCode.Ok;
    }
}
