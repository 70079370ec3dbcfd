using System.CommandLine;
using Cairn.Cli.Api;
using Cairn.Cli.Shell;
using Google.LongRunning;

namespace Cairn.Cli.Commands.Verbs;

/// <summary><c>delete</c>: waits until the resource is gone.</summary>
internal sealed class DeleteVerb : ApiCommand
{
    private readonly Argument<string> _name;
    private readonly string _thing;
    private readonly string _collection;
    private readonly string _suffix;

    /// <param name="suffix">A custom verb that deletes, as <c>:deleteVersion</c>.</param>
    public DeleteVerb(string thing, string collection, string suffix = "")
        : base("delete", $"Delete a {thing}.")
    {
        _thing = thing;
        _collection = collection;
        _suffix = suffix;
        _name = ResourceArgument.For(thing);
        Add(_name);
    }

    protected override async Task<int> RunAsync(ParseResult parse, ApiSession session, CancellationToken cancellation)
    {
        var full = session.Name(_collection, parse.GetValue(_name)!);
        var operation = await session.Client.DeleteAsync<Operation>($"/v1/{full}{_suffix}", cancellation);
        await session.Client.WaitAsync(operation, cancellation);
        session.Status.WriteLine($"Deleted {_thing} [{full}].");
        return ExitCode.Ok;
    }
}
