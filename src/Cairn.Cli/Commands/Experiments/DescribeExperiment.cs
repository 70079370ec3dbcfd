using System.CommandLine;
using Cairn.Cli.Shell;

namespace Cairn.Cli.Commands.Experiments;

internal sealed class DescribeExperiment : ApiCommand
{
    private readonly Argument<string> _name = new("EXPERIMENT") { Description = ExperimentLookup.Argument };

    public DescribeExperiment()
        : base("describe", "Show one experiment.") => Add(_name);

    protected override async Task<int> RunAsync(ParseResult parse, ApiSession session, CancellationToken cancellation)
    {
        session.Printer.One(
            ExperimentLookup
                .Shown(await new ExperimentLookup(session.Mlflow).FindAsync(parse.GetValue(_name)!, cancellation))
                .ToJsonString()
        );
        return ExitCode.Ok;
    }
}
