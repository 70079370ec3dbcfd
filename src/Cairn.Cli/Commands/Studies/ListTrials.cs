using System.CommandLine;
using Cairn.Cli.Api;
using Cairn.Cli.Commands.Verbs;
using Cairn.Cli.Shell;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Cli.Commands.Studies;

internal sealed class ListTrials : ApiCommand
{
    private readonly Argument<string> _study = ResourceArgument.For("study");

    private readonly PageOptions _pages;

    public ListTrials()
        : base("trials", "List a study's trials.")
    {
        Add(_study);
        _pages = new PageOptions(this);
    }

    protected override async Task<int> RunAsync(ParseResult parse, ApiSession session, CancellationToken cancellation)
    {
        var path = $"/v1/{session.Name(StudiesNoun.Collection, parse.GetValue(_study)!)}/trials";
        var request = new ListRequest(Limit: _pages.Limit(parse), PageSize: _pages.PageSize(parse));
        var trials = session.Client.ListAsync<ListTrialsResponse, Trial>(
            path,
            request,
            static page => (page.Trials, page.NextPageToken),
            cancellation
        );
        if (await session.Printer.ManyAsync(trials.Select(TrialColumns.Format), TrialColumns.All, cancellation) == 0)
        {
            session.Status.WriteLine("Listed 0 items.");
        }

        return ExitCode.Ok;
    }
}
