using System.CommandLine;
using Cairn.Cli.Commands.Verbs;
using Cairn.Cli.Shell;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Cli.Commands.Studies;

internal sealed class BestTrials : ApiCommand
{
    private readonly Argument<string> _study = ResourceArgument.For("study");

    public BestTrials()
        : base("best", "Show a study's best trial, or with several objectives those that no other dominates.") => Add(_study);

    protected override async Task<int> RunAsync(ParseResult parse, ApiSession session, CancellationToken cancellation)
    {
        var path = $"/v1/{session.Name(StudiesNoun.Collection, parse.GetValue(_study)!)}/trials:listOptimalTrials";
        var best = await session.Client.PostAsync<ListOptimalTrialsResponse>(path, (Google.Protobuf.IMessage?)null, cancellation);
        if (
            await session.Printer.ManyAsync(
                best.OptimalTrials.Select(TrialColumns.Format).ToAsyncEnumerable(),
                TrialColumns.All,
                cancellation
            ) == 0
        )
        {
            session.Status.WriteLine("Listed 0 items.");
        }

        return ExitCode.Ok;
    }
}
