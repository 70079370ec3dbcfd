using System.CommandLine;
using System.Text.Json.Nodes;
using Cairn.Cli.Commands.Experiments;
using Cairn.Cli.Commands.Verbs;
using Cairn.Cli.Output;
using Cairn.Cli.Shell;

namespace Cairn.Cli.Commands.Runs;

/// <summary><c>list</c>: of all experiments of the project, or of some.</summary>
internal sealed class ListRuns : ApiCommand
{
    private readonly Option<string[]> _experiments = new("--experiment")
    {
        Description = "Only runs of these experiments, by name or number; of all if not given.",
        HelpName = "EXPERIMENT,…",
    };
    private readonly Option<string[]> _columns = new("--columns")
    {
        Description = "More columns of the table: metrics.loss,params.lr,tags.team.",
        HelpName = "FIELD,…",
    };
    private readonly SearchOptions _search;

    public ListRuns()
        : base("list", "List runs, the newest first.")
    {
        Add(_experiments);
        _search = new SearchOptions(this, "metrics.loss < 0.1 AND params.optimizer = 'adam' AND attributes.status = 'FINISHED'");
        Add(_columns);
    }

    protected override async Task<int> RunAsync(ParseResult parse, ApiSession session, CancellationToken cancellation)
    {
        var of = await ExperimentsAsync(parse, new ExperimentLookup(session.Mlflow), cancellation);
        List<Column> shown =
        [
            new("ID", "runId"),
            new("NAME", "name"),
            new("EXPERIMENT", "experiment"),
            new("STATUS", "status"),
            new("STARTED", "startTime"),
            new("ENDED", "endTime"),
        ];
        shown.AddRange(KeyValues.List(parse.GetValue(_columns)).Select(static field => new Column(field, field, Asked: true)));
        var body = new JsonObject
        {
            ["experiment_ids"] = new JsonArray([.. of.Keys.Select(static id => (JsonNode)id)]),
            ["filter"] = _search.Filter(parse),
            ["order_by"] = new JsonArray([.. _search.OrderBy(parse).Select(static field => (JsonNode)field)]),
            ["run_view_type"] = _search.View(parse),
        };
        var runs =
            of.Count == 0
                ? AsyncEnumerable.Empty<JsonObject>()
                : session.Mlflow.SearchAsync("runs/search", body, "runs", _search.Limit(parse), _search.PageSize(parse), cancellation);
        var printed = runs.Select(run => RunView.Of(run, (string?)of[(string)run["info"]!["experiment_id"]!]["name"]).ToJsonString());
        if (await session.Printer.ManyAsync(printed, shown, cancellation) == 0)
        {
            session.Status.WriteLine("Listed 0 items.");
        }

        return ExitCode.Ok;
    }

    private async Task<Dictionary<string, JsonObject>> ExperimentsAsync(
        ParseResult parse,
        ExperimentLookup lookup,
        CancellationToken cancellation
    )
    {
        var given = KeyValues.List(parse.GetValue(_experiments)).ToList();
        if (given.Count == 0)
        {
            return await lookup.AllAsync("ALL", cancellation);
        }

        var found = new Dictionary<string, JsonObject>();
        foreach (var name in given)
        {
            var experiment = await lookup.FindAsync(name, cancellation);
            found[(string)experiment["experiment_id"]!] = experiment;
        }

        return found;
    }
}
