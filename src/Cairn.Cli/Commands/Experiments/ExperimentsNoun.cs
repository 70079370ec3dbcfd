using Cairn.Cli.Shell;

namespace Cairn.Cli.Commands.Experiments;

internal static class ExperimentsNoun
{
    public static Noun Create() =>
        new(
            "experiments",
            "Experiments: what runs are gathered in.",
            new ListExperiments(),
            new DescribeExperiment(),
            new CreateExperiment(),
            new RenameExperiment(),
            new StageExperiment(
                "delete",
                "Delete an experiment and its runs; 'restore' brings them back until 'cairn gc' removes them for good.",
                "Deleted"
            ),
            new StageExperiment("restore", "Bring a deleted experiment back.", "Restored")
        );
}
