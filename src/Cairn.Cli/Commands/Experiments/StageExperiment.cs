using System.CommandLine;
using System.Text.Json.Nodes;
using Cairn.Cli.Shell;

namespace Cairn.Cli.Commands.Experiments;

/// <summary><c>delete</c> and <c>restore</c>.</summary>
internal sealed class StageExperiment : ApiCommand
{
    private readonly Argument<string> _name = new("EXPERIMENT") { Description = ExperimentLookup.Argument };
    private readonly string _done;

    public StageExperiment(string verb, string description, string done)
        : base(verb, description)
    {
        _done = done;
        Add(_name);
    }

    protected override async Task<int> RunAsync(ParseResult parse, ApiSession session, CancellationToken cancellation)
    {
        var experiment = await new ExperimentLookup(session.Mlflow).FindAsync(parse.GetValue(_name)!, cancellation);
        await session.Mlflow.PostAsync(
            $"experiments/{Name}",
            new JsonObject { ["experiment_id"] = (string?)experiment["experiment_id"] },
            cancellation
        );
        session.Status.WriteLine($"{_done} experiment {experiment["experiment_id"]} '{experiment["name"]}'.");
        return ExitCode.Ok;
    }
}
