using System.CommandLine;
using System.Text.Json.Nodes;
using Cairn.Cli.Shell;

namespace Cairn.Cli.Commands.Runs;

/// <summary><c>delete</c> and <c>restore</c>.</summary>
internal sealed class StageRuns : ApiCommand
{
    private readonly Argument<string[]> _names = new("RUN")
    {
        Description = "Runs by id, or as EXPERIMENT/NAME.",
        Arity = ArgumentArity.OneOrMore,
    };
    private readonly string _done;

    public StageRuns(string verb, string description, string done)
        : base(verb, description)
    {
        _done = done;
        Add(_names);
    }

    protected override async Task<int> RunAsync(ParseResult parse, ApiSession session, CancellationToken cancellation)
    {
        var lookup = new RunLookup(session.Mlflow);
        // First every name is looked up: of a wrong list nothing is changed.
        var runs = new List<JsonObject>();
        foreach (var name in parse.GetValue(_names)!)
        {
            runs.Add(await lookup.FindAsync(name, cancellation));
        }

        foreach (var run in runs)
        {
            await session.Mlflow.PostAsync($"runs/{Name}", new JsonObject { ["run_id"] = RunLookup.Id(run) }, cancellation);
            session.Status.WriteLine($"{_done} run {RunLookup.Id(run)} '{run["info"]!["run_name"]}'.");
        }

        return ExitCode.Ok;
    }
}
