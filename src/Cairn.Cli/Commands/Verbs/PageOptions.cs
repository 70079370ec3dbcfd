using System.CommandLine;
using Cairn.Cli.Shell;

namespace Cairn.Cli.Commands.Verbs;

/// <summary>What every list takes: how many items are wanted, and how many come a call.</summary>
internal sealed class PageOptions
{
    private readonly Option<int?> _limit = new("--limit") { Description = "At most so many.", HelpName = "N" };
    private readonly Option<int?> _pageSize = new("--page-size") { Description = "So many a call.", HelpName = "N" };

    public PageOptions(Command command)
    {
        command.Add(_limit);
        command.Add(_pageSize);
    }

    /// <summary>At most so many items; null for all.</summary>
    /// <exception cref="CliException">A usage error for less than 1.</exception>
    public int? Limit(ParseResult parse) => Positive(parse, _limit);

    /// <summary>Items a call; null leaves it to the server.</summary>
    /// <exception cref="CliException">A usage error for less than 1.</exception>
    public int? PageSize(ParseResult parse) => Positive(parse, _pageSize);

    private static int? Positive(ParseResult parse, Option<int?> option) =>
        parse.GetValue(option) is { } value && value <= 0
            ? throw CliException.Usage($"{option.Name} is {value}; it must be at least 1.")
            : parse.GetValue(option);
}
