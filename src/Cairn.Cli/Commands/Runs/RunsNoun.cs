using Cairn.Cli.Commands.Runs.Reproduction;
using Cairn.Cli.Shell;

namespace Cairn.Cli.Commands.Runs;

internal static class RunsNoun
{
    public static Noun Create() =>
        new(
            "runs",
            "Runs: what was tried, with which parameters, and what came of it.",
            new ListRuns(),
            new DescribeRun(),
            new CompareRuns(),
            new ReproduceRun(),
            new RunLogs(),
            new MoveRuns(),
            new StageRuns("delete", "Delete runs; 'restore' brings them back until 'cairn gc' removes them for good.", "Deleted"),
            new StageRuns("restore", "Bring deleted runs back.", "Restored")
        );
}
