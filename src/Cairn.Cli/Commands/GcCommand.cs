using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Cairn.Cli.Commands.Tokens;
using Cairn.Cli.Output;
using Cairn.Cli.Shell;

namespace Cairn.Cli.Commands;

/// <summary><c>cairn gc</c>: removes for good what was deleted.</summary>
internal sealed class GcCommand : ApiCommand
{
    private static readonly Column[] Columns =
    [
        new("KIND", "kind"),
        new("ID", "id"),
        new("NAME", "name"),
        new("EXPERIMENT", "experiment"),
        new("DELETED", "deleteTime"),
    ];

    private readonly Option<string> _olderThan = new("--older-than")
    {
        Description = "Only what was deleted at least so long ago: 30d, 12h, 0s.",
        HelpName = "TIME",
        Required = true,
    };
    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "Say what would be removed, and remove nothing." };

    public GcCommand()
        : base("gc", "Remove deleted runs, logged models and experiments for good, with their metrics and files. For administrators.")
    {
        foreach (var option in (Option[])[.. GlobalOptions.All, _olderThan, _dryRun])
        {
            Add(option);
        }
    }

    protected override async Task<int> RunAsync(ParseResult parse, ApiSession session, CancellationToken cancellation)
    {
        var isDry = parse.GetValue(_dryRun);
        var request = new JsonObject
        {
            ["olderThanSeconds"] = Lifetime.Parse(_olderThan.Name, parse.GetValue(_olderThan)!, least: 0).TotalSeconds,
            ["dryRun"] = isDry,
        };
        var items = new List<JsonObject>();
        var (files, bytes) = (0L, 0L);
        do
        {
            var page = JsonNode.Parse(
                await session.Client.TextAsync(
                    HttpMethod.Post,
                    $"/cairn/v1/{session.Parent}/runs:removeDeleted",
                    request.ToJsonString(),
                    cancellation
                )
            )!;
            items.AddRange(Items(page, "run").Concat(Items(page, "model")).Concat(Items(page, "experiment")));
            (files, bytes) = (files + (long)page["files"]!, bytes + (long)page["bytes"]!);
            foreach (var kept in page["kept"]!.AsArray())
            {
                session.Status.WriteLine($"Kept {kept!["id"]} '{kept["name"]}': {kept["reason"]}");
            }

            request["pageToken"] = (string?)page["nextPageToken"];
        } while (request["pageToken"] is not null);

        await session.Printer.ManyAsync(items.Select(static item => item.ToJsonString()).ToAsyncEnumerable(), Columns, cancellation);
        session.Status.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{(isDry ? "Would remove" : "Removed")} {items.Count:N0} items and {files:N0} files with {bytes:N0} bytes."
            )
        );
        return ExitCode.Ok;
    }

    private static IEnumerable<JsonObject> Items(JsonNode page, string kind) =>
        page[kind + "s"]!
            .AsArray()
            .Select(item =>
            {
                var shown = new JsonObject { ["kind"] = kind };
                foreach (var (name, value) in item!.AsObject())
                {
                    shown[name] = value?.DeepClone();
                }

                return shown;
            });
}
