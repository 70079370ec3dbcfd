using System.CommandLine;
using Cairn.Cli.Shell;

namespace Cairn.Cli.Commands.Verbs;

/// <summary>What lists that are searched in MLflow's language take.</summary>
internal sealed class SearchOptions
{
    private readonly Option<string?> _filter;
    private readonly Option<string[]> _orderBy = new("--order-by")
    {
        Description = "By what to order: start_time DESC.",
        HelpName = "FIELD",
    };
    private readonly Option<bool> _deleted = new("--deleted") { Description = "Those that were deleted." };
    private readonly Option<bool> _all = new("--all") { Description = "Those that were deleted, too." };

    private readonly PageOptions _pages;

    public SearchOptions(Command command, string example)
    {
        _filter = new("--filter") { Description = $"Only what matches, in MLflow's language: {example}.", HelpName = "EXPRESSION" };
        foreach (var option in (Option[])[_filter, _orderBy, _deleted, _all])
        {
            command.Add(option);
        }

        _pages = new PageOptions(command);
    }

    public string Filter(ParseResult parse) => parse.GetValue(_filter) ?? "";

    public IReadOnlyList<string> OrderBy(ParseResult parse) =>
        [.. KeyValues.List(parse.GetValue(_orderBy)).Select(static part => part.Trim())];

    /// <exception cref="CliException">A usage error for a limit below 1.</exception>
    public int? Limit(ParseResult parse) => _pages.Limit(parse);

    /// <exception cref="CliException">A usage error for a page size below 1.</exception>
    public int? PageSize(ParseResult parse) => _pages.PageSize(parse);

    /// <summary>MLflow's view: what is active, deleted, or all.</summary>
    public string View(ParseResult parse) =>
        parse.GetValue(_all) ? "ALL"
        : parse.GetValue(_deleted) ? "DELETED_ONLY"
        : "ACTIVE_ONLY";
}
