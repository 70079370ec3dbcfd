using System.CommandLine;
using Cairn.Cli.Api;
using Cairn.Cli.Output;
using Cairn.Cli.Shell;
using Google.Protobuf;

namespace Cairn.Cli.Commands.Verbs;

/// <summary><c>list</c>: filtered by the server, printed as a table.</summary>
internal sealed class ListVerb<TResponse, TItem> : ApiCommand
    where TResponse : IMessage<TResponse>, new()
    where TItem : IMessage
{
    private readonly Option<string?> _filter = new("--filter")
    {
        Description = "Only what matches: display_name=\"x\" AND labels.team=\"y\".",
        HelpName = "EXPRESSION",
    };
    private readonly PageOptions _pages;
    private readonly Argument<string>? _of;
    private readonly Func<ApiSession, string?, string> _path;
    private readonly Func<TResponse, (IEnumerable<TItem>, string)> _read;
    private readonly Column[] _columns;

    /// <param name="path">The path to list; its second argument is the value of <paramref name="argument"/>.</param>
    public ListVerb(
        string description,
        Func<ApiSession, string?, string> path,
        Func<TResponse, (IEnumerable<TItem>, string)> read,
        Column[] columns,
        Argument<string>? argument = null
    )
        : base("list", description)
    {
        _path = path;
        _read = read;
        _columns = columns;
        _of = argument;
        if (argument is not null)
        {
            Add(argument);
        }

        Add(_filter);
        _pages = new PageOptions(this);
    }

    protected override async Task<int> RunAsync(ParseResult parse, ApiSession session, CancellationToken cancellation)
    {
        var request = new ListRequest(parse.GetValue(_filter), _pages.Limit(parse), _pages.PageSize(parse));
        var items = session.Client.ListAsync<TResponse, TItem>(
            _path(session, _of is null ? null : parse.GetValue(_of)),
            request,
            _read,
            cancellation
        );
        var count = await session.Printer.ManyAsync(items.Select(item => ProtoJson.Format(item)), _columns, cancellation);
        if (count == 0)
        {
            session.Status.WriteLine("Listed 0 items.");
        }

        return ExitCode.Ok;
    }
}
