using System.CommandLine;
using Cairn.Cli.Shell;
using Google.Protobuf;

namespace Cairn.Cli.Commands.Verbs;

/// <summary><c>describe</c>: one resource by id or full name.</summary>
internal sealed class DescribeVerb<T> : ApiCommand
    where T : IMessage<T>, new()
{
    private readonly Argument<string> _name;
    private readonly string _collection;

    public DescribeVerb(string thing, string collection)
        : base("describe", $"Show one {thing}.")
    {
        _collection = collection;
        _name = ResourceArgument.For(thing);
        Add(_name);
    }

    protected override async Task<int> RunAsync(ParseResult parse, ApiSession session, CancellationToken cancellation)
    {
        session.Print(await session.Client.GetAsync<T>($"/v1/{session.Name(_collection, parse.GetValue(_name)!)}", cancellation));
        return ExitCode.Ok;
    }
}
