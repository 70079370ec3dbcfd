using System.CommandLine;
using System.Text.Json.Nodes;
using Cairn.Cli.Shell;

namespace Cairn.Cli.Commands.Experiments;

/// <summary><c>delete</c> and <c>restore</c>.</summary>
internal sealed class StageExperiment : ApiCommand
{
    private readonly Argument<string> name = new("EXPERIMENT") { Description = ExperimentLookup.Argument };
    private readonly string done;

    public StageExperiment(string verb, string description, string done) : base(verb, description)
    {
        this.done = done;
        Add(name);
    }

    protected override async Task<int> RunAsync(ParseResult parse, ApiSession session, CancellationToken cancellation)
    {
        var experiment = await new ExperimentLookup(session.Mlflow).FindAsync(parse.GetValue(name)!, cancellation);
        await session.Mlflow.PostAsync($"experiments/{Name}", new JsonObject { ["experiment_id"] = (string?)experiment["experiment_id"] }, cancellation);
        session.Status.WriteLine($"{done} experiment {experiment["experiment_id"]} '{experiment["name"]}'.");
        return ExitCode.Ok;
    }
}
