using System.CommandLine;
using System.Text.Json.Nodes;
using Cairn.Cli.Commands.Verbs;
using Cairn.Cli.Output;
using Cairn.Cli.Shell;

namespace Cairn.Cli.Commands.Experiments;

internal sealed class ListExperiments : ApiCommand
{
    private static readonly Column[] Columns =
    [
        new("ID", "experimentId"),
        new("NAME", "name"),
        new("STAGE", "lifecycleStage"),
        new("CREATED", "createTime"),
        new("UPDATED", "updateTime"),
    ];

    private readonly SearchOptions _search;

    public ListExperiments()
        : base("list", "List experiments.") => _search = new SearchOptions(this, "name LIKE 'birds%' AND tags.team = 'a'");

    protected override async Task<int> RunAsync(ParseResult parse, ApiSession session, CancellationToken cancellation)
    {
        var body = new JsonObject
        {
            ["filter"] = _search.Filter(parse),
            ["order_by"] = new JsonArray([.. _search.OrderBy(parse).Select(static field => (JsonNode)field)]),
            ["view_type"] = _search.View(parse),
        };
        var found = session.Mlflow.SearchAsync(
            "experiments/search",
            body,
            "experiments",
            _search.Limit(parse),
            _search.PageSize(parse),
            cancellation
        );
        if (
            await session.Printer.ManyAsync(
                found.Select(static experiment => ExperimentLookup.Shown(experiment).ToJsonString()),
                Columns,
                cancellation
            ) == 0
        )
        {
            session.Status.WriteLine("Listed 0 items.");
        }

        return ExitCode.Ok;
    }
}
