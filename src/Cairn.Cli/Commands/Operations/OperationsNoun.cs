using System.CommandLine;
using Cairn.Cli.Api;
using Cairn.Cli.Commands.Verbs;
using Cairn.Cli.Shell;
using Google.LongRunning;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Cairn.Cli.Commands.Operations;

internal static class OperationsNoun
{
    public const string Collection = "operations";

    public static Noun Create() =>
        new(
            "operations",
            "Long-running operations.",
            new ListVerb<ListOperationsResponse, Operation>(
                "List operations.",
                (session, _) => $"/v1/{session.Parent}/{Collection}",
                page => (page.Operations, page.NextPageToken),
                [new("ID", "name:id"), new("DONE", "done"), new("TYPE", "metadata.@type:id"), new("ERROR", "error.message")]
            ),
            new DescribeVerb<Operation>("operation", Collection),
            new WaitForOperation(),
            new CancelOperation()
        );
}

internal sealed class WaitForOperation : ApiCommand
{
    private readonly Argument<string> _name = ResourceArgument.For("operation");

    public WaitForOperation()
        : base("wait", "Wait until an operation is done, and show it; the exit code is 0 where it succeeded.") => Add(_name);

    protected override async Task<int> RunAsync(ParseResult parse, ApiSession session, CancellationToken cancellation)
    {
        var operation = await session.Client.GetAsync<Operation>(
            $"/v1/{session.Name(OperationsNoun.Collection, parse.GetValue(_name)!)}",
            cancellation
        );
        session.Print(await session.Client.WaitAsync(operation, cancellation));
        return ExitCode.Ok;
    }
}

internal sealed class CancelOperation : ApiCommand
{
    private readonly Argument<string> _name = ResourceArgument.For("operation");

    public CancelOperation()
        : base("cancel", "Ask an operation to stop.") => Add(_name);

    protected override async Task<int> RunAsync(ParseResult parse, ApiSession session, CancellationToken cancellation)
    {
        var full = session.Name(OperationsNoun.Collection, parse.GetValue(_name)!);
        await session.Client.PostAsync<Empty>($"/v1/{full}:cancel", (IMessage?)null, cancellation);
        session.Status.WriteLine($"Operation [{full}] is asked to stop.");
        return ExitCode.Ok;
    }
}
