using System.CommandLine;
using System.Text.Json.Nodes;
using Cairn.Cli.Output;
using Cairn.Cli.Shell;

namespace Cairn.Cli.Commands.Runs;

/// <summary><c>compare</c>: one line for each parameter and metric, one column for each run.</summary>
internal sealed class CompareRuns : ApiCommand
{
    private readonly Argument<string[]> _names = new("RUN")
    {
        Description = "Two runs or more, by id or as EXPERIMENT/NAME.",
        Arity = new ArgumentArity(2, 100),
    };
    private readonly Option<bool> _differences = new("--only-differences") { Description = "Leave out what is the same in all of them." };
    private readonly Option<bool> _tags = new("--tags") { Description = "Compare tags as well." };

    public CompareRuns()
        : base("compare", "Show parameters, metrics and datasets of runs side by side.")
    {
        _differences.Aliases.Add("--diff");
        Add(_names);
        Add(_differences);
        Add(_tags);
    }

    protected override async Task<int> RunAsync(ParseResult parse, ApiSession session, CancellationToken cancellation)
    {
        var lookup = new RunLookup(session.Mlflow);
        var runs = new List<JsonObject>();
        foreach (var name in parse.GetValue(_names)!)
        {
            runs.Add(await lookup.FindAsync(name, cancellation));
        }

        var rows = RunComparison.Rows(runs, parse.GetValue(_tags)).Where(row => !parse.GetValue(_differences) || !row.IsSame).ToList();
        List<Column> columns =
        [
            new("KIND", "kind"),
            new("NAME", "name"),
            .. runs.Select(static (run, i) => new Column(Header(run), $"values.{i}")),
        ];
        if (await session.Printer.ManyAsync(rows.Select(row => row.Json().ToJsonString()).ToAsyncEnumerable(), columns, cancellation) == 0)
        {
            session.Status.WriteLine("The runs do not differ.");
        }

        return ExitCode.Ok;
    }

    private static string Header(JsonObject run) => $"{run["info"]!["run_name"]} ({RunLookup.Id(run)[..8]})";
}
