using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Cairn.Cli.Commands.Experiments;
using Cairn.Cli.Shell;

namespace Cairn.Cli.Commands.Runs;

internal sealed class MoveRuns : ApiCommand
{
    private readonly Argument<string[]> _names = new("RUN")
    {
        Description = "Runs by id, or as EXPERIMENT/NAME.",
        Arity = ArgumentArity.OneOrMore,
    };
    private readonly Option<string> _to = new("--to")
    {
        Description = "The experiment that they go to, by name or number.",
        HelpName = "EXPERIMENT",
        Required = true,
    };

    public MoveRuns()
        : base("move", "Move runs to another experiment, with all that they logged.")
    {
        Add(_names);
        Add(_to);
    }

    protected override async Task<int> RunAsync(ParseResult parse, ApiSession session, CancellationToken cancellation)
    {
        var lookup = new RunLookup(session.Mlflow);
        var ids = new JsonArray();
        foreach (var name in parse.GetValue(_names)!)
        {
            ids.Add(RunLookup.Id(await lookup.FindAsync(name, cancellation)));
        }

        var experiment = await new ExperimentLookup(session.Mlflow).IdAsync(parse.GetValue(_to)!, cancellation);
        var body = new JsonObject { ["runIds"] = ids, ["experimentId"] = long.Parse(experiment, CultureInfo.InvariantCulture) };
        await session.Client.TextAsync(HttpMethod.Post, $"/cairn/v1/{session.Parent}/runs:move", body.ToJsonString(), cancellation);
        session.Status.WriteLine($"Moved {ids.Count} runs to experiment {experiment}.");
        return ExitCode.Ok;
    }
}
