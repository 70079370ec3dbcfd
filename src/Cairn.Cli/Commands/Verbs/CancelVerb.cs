using System.CommandLine;
using Cairn.Cli.Shell;

namespace Cairn.Cli.Commands.Verbs;

/// <summary><c>cancel</c>: asks what runs to stop, and does not wait for it.</summary>
internal sealed class CancelVerb : ApiCommand
{
    private readonly Argument<string> _name;
    private readonly string _thing;
    private readonly string _collection;

    public CancelVerb(string thing, string collection)
        : base("cancel", $"Ask a {thing} to stop.")
    {
        _thing = thing;
        _collection = collection;
        _name = ResourceArgument.For(thing);
        Add(_name);
    }

    protected override async Task<int> RunAsync(ParseResult parse, ApiSession session, CancellationToken cancellation)
    {
        var full = session.Name(_collection, parse.GetValue(_name)!);
        await session.Client.PostAsync<Google.Protobuf.WellKnownTypes.Empty>(
            $"/v1/{full}:cancel",
            (Google.Protobuf.IMessage?)null,
            cancellation
        );
        session.Status.WriteLine($"{char.ToUpperInvariant(_thing[0])}{_thing[1..]} [{full}] is asked to stop.");
        return ExitCode.Ok;
    }
}
