using System.CommandLine;
using Cairn.Cli.Shell;

namespace Cairn.Cli.Commands.Verbs;

/// <summary>What lists that are searched in MLflow's language take.</summary>
internal sealed class SearchOptions
{
    private readonly Option<string?> filter;
    private readonly Option<string[]> orderBy = new("--order-by") { Description = "By what to order: start_time DESC.", HelpName = "FIELD" };
    private readonly Option<bool> deleted = new("--deleted") { Description = "Those that were deleted." };
    private readonly Option<bool> all = new("--all") { Description = "Those that were deleted, too." };

    private readonly PageOptions pages;

    public SearchOptions(Command command, string example)
    {
        filter = new("--filter") { Description = $"Only what matches, in MLflow's language: {example}.", HelpName = "EXPRESSION" };
        foreach (var option in (Option[])[filter, orderBy, deleted, all])
        {
            command.Add(option);
        }

        pages = new PageOptions(command);
    }

    public string Filter(ParseResult parse) => parse.GetValue(filter) ?? "";

    public IReadOnlyList<string> OrderBy(ParseResult parse) => [.. KeyValues.List(parse.GetValue(orderBy)).Select(static part => part.Trim())];

    /// <exception cref="CliException">A usage error for a limit below 1.</exception>
    public int? Limit(ParseResult parse) => pages.Limit(parse);

    /// <exception cref="CliException">A usage error for a page size below 1.</exception>
    public int? PageSize(ParseResult parse) => pages.PageSize(parse);

    /// <summary>MLflow's view: what is active, deleted, or all.</summary>
    public string View(ParseResult parse) => parse.GetValue(all) ? "ALL" : parse.GetValue(deleted) ? "DELETED_ONLY" : "ACTIVE_ONLY";
}
