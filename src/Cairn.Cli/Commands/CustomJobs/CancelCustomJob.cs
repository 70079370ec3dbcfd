using System.CommandLine;
using Cairn.Cli.Commands.Verbs;
using Cairn.Cli.Shell;
using Google.Protobuf.WellKnownTypes;

namespace Cairn.Cli.Commands.CustomJobs;

internal sealed class CancelCustomJob : ApiCommand
{
    private readonly Argument<string> name = ResourceArgument.For("custom job");

    public CancelCustomJob() : base("cancel", "Ask a custom job to stop.") => Add(name);

    protected override async Task<int> RunAsync(ParseResult parse, ApiSession session, CancellationToken cancellation)
    {
        var full = session.Name(CustomJobsNoun.Collection, parse.GetValue(name)!);
        await session.Client.PostAsync<Empty>($"/v1/{full}:cancel", (Google.Protobuf.IMessage?)null, cancellation);
        session.Status.WriteLine($"Custom job [{full}] is asked to stop.");
        return ExitCode.Ok;
    }
}
