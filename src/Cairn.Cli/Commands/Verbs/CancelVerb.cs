using System.CommandLine;
using Cairn.Cli.Shell;

namespace Cairn.Cli.Commands.Verbs;

/// <summary><c>cancel</c>: asks what runs to stop, and does not wait for it.</summary>
internal sealed class CancelVerb : ApiCommand
{
    private readonly Argument<string> name;
    private readonly string thing;
    private readonly string collection;

    public CancelVerb(string thing, string collection) : base("cancel", $"Ask a {thing} to stop.")
    {
        this.thing = thing;
        this.collection = collection;
        name = ResourceArgument.For(thing);
        Add(name);
    }

    protected override async Task<int> RunAsync(ParseResult parse, ApiSession session, CancellationToken cancellation)
    {
        var full = session.Name(collection, parse.GetValue(name)!);
        await session.Client.PostAsync<Google.Protobuf.WellKnownTypes.Empty>($"/v1/{full}:cancel", (Google.Protobuf.IMessage?)null, cancellation);
        session.Status.WriteLine($"{char.ToUpperInvariant(thing[0])}{thing[1..]} [{full}] is asked to stop.");
        return ExitCode.Ok;
    }
}
