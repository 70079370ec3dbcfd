using System.CommandLine;
using Cairn.Cli.Commands.Experiments;
using Cairn.Cli.Shell;

namespace Cairn.Cli.Commands.Runs;

internal sealed class DescribeRun : ApiCommand
{
    private readonly Argument<string> _name = new("RUN") { Description = RunLookup.Argument };

    public DescribeRun()
        : base("describe", "Show one run: its parameters, the last values of its metrics, tags, datasets and models.") => Add(_name);

    protected override async Task<int> RunAsync(ParseResult parse, ApiSession session, CancellationToken cancellation)
    {
        var run = await new RunLookup(session.Mlflow).FindAsync(parse.GetValue(_name)!, cancellation);
        var experiment = await new ExperimentLookup(session.Mlflow).FindByIdAsync((string)run["info"]!["experiment_id"]!, cancellation);
        session.Printer.One(RunView.Of(run, (string?)experiment["name"]).ToJsonString());
        return ExitCode.Ok;
    }
}
