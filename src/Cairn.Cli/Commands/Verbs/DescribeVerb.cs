using System.CommandLine;
using Cairn.Cli.Shell;
using Google.Protobuf;

namespace Cairn.Cli.Commands.Verbs;

/// <summary><c>describe</c>: one resource by id or full name.</summary>
internal sealed class DescribeVerb<T> : ApiCommand where T : IMessage<T>, new()
{
    private readonly Argument<string> name;
    private readonly string collection;

    public DescribeVerb(string thing, string collection) : base("describe", $"Show one {thing}.")
    {
        this.collection = collection;
        name = ResourceArgument.For(thing);
        Add(name);
    }

    protected override async Task<int> RunAsync(ParseResult parse, ApiSession session, CancellationToken cancellation)
    {
        session.Print(await session.Client.GetAsync<T>($"/v1/{session.Name(collection, parse.GetValue(name)!)}", cancellation));
        return ExitCode.Ok;
    }
}
