using System.CommandLine;
using Cairn.Cli.Commands.Logs;
using Cairn.Cli.Output;
using Cairn.Cli.Shell;

namespace Cairn.Cli.Commands.Runs;

internal sealed class RunLogs : ApiCommand
{
    private readonly Argument<string> _name = new("RUN") { Description = RunLookup.Argument };
    private readonly LogListing _listing = new();

    public RunLogs()
        : base("logs", "Show what the job of a run has logged, also when the job was deleted.")
    {
        Add(_name);
        _listing.AddTo(this);
    }

    protected override async Task<int> RunAsync(ParseResult parse, ApiSession session, CancellationToken cancellation)
    {
        var run = await new RunLookup(session.Mlflow).FindAsync(parse.GetValue(_name)!, cancellation);
        var tags = MlflowPairs.Object(run["data"]?["tags"]);
        return (string?)tags["cairn.job"] is { } job
            ? await _listing.PrintAsync(parse, session, job, cancellation)
            : throw new CliException($"Run {RunLookup.Id(run)} is no job's; only what jobs print is kept.");
    }
}
