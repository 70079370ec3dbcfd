using System.CommandLine;
using Cairn.Cli.Api;
using Cairn.Cli.Shell;
using Google.LongRunning;

namespace Cairn.Cli.Commands.Verbs;

/// <summary><c>delete</c>: waits until the resource is gone.</summary>
internal sealed class DeleteVerb : ApiCommand
{
    private readonly Argument<string> name;
    private readonly string thing;
    private readonly string collection;
    private readonly string suffix;

    /// <param name="suffix">A custom verb that deletes, as <c>:deleteVersion</c>.</param>
    public DeleteVerb(string thing, string collection, string suffix = "") : base("delete", $"Delete a {thing}.")
    {
        this.thing = thing;
        this.collection = collection;
        this.suffix = suffix;
        name = ResourceArgument.For(thing);
        Add(name);
    }

    protected override async Task<int> RunAsync(ParseResult parse, ApiSession session, CancellationToken cancellation)
    {
        var full = session.Name(collection, parse.GetValue(name)!);
        var operation = await session.Client.DeleteAsync<Operation>($"/v1/{full}{suffix}", cancellation);
        await session.Client.WaitAsync(operation, cancellation);
        session.Status.WriteLine($"Deleted {thing} [{full}].");
        return ExitCode.Ok;
    }
}
