using System.CommandLine;
using Cairn.Cli.Commands.Logs;
using Cairn.Cli.Commands.Verbs;
using Cairn.Cli.Shell;

namespace Cairn.Cli.Commands.CustomJobs;

internal sealed class JobLogs : ApiCommand
{
    private readonly Argument<string> _name = ResourceArgument.For("custom job");
    private readonly LogListing _listing = new();

    public JobLogs()
        : base("logs", "Show what a custom job has logged so far.")
    {
        Add(_name);
        _listing.AddTo(this);
    }

    protected override Task<int> RunAsync(ParseResult parse, ApiSession session, CancellationToken cancellation) =>
        _listing.PrintAsync(parse, session, session.Name(CustomJobsNoun.Collection, parse.GetValue(_name)!), cancellation);
}
