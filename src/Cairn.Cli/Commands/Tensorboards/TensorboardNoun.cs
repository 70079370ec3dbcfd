using System.CommandLine;
using Cairn.Cli.Commands.Verbs;
using Cairn.Cli.Output;
using Cairn.Cli.Shell;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Cli.Commands.Tensorboards;

internal static class TensorboardNoun
{
    public const string Collection = "tensorboards";

    public static Noun Create()
    {
        var noun = new Noun(
            "tensorboard",
            "Tensorboards: upload event files, and look at what is there.",
            new UploadLogs(),
            new CreateTensorboard(),
            new ListVerb<ListTensorboardsResponse, Tensorboard>(
                "List tensorboards.",
                static (session, _) => $"/v1/{session.Parent}/{Collection}",
                static page => (page.Tensorboards, page.NextPageToken),
                [
                    new("ID", "name:id"),
                    new("DISPLAY_NAME", "displayName"),
                    new("DEFAULT", "isDefault"),
                    new("RUNS", "runCount"),
                    new("UPDATED", "updateTime"),
                ]
            ),
            new DescribeVerb<Tensorboard>("tensorboard", Collection),
            new UpdateTensorboard(),
            new DeleteVerb("tensorboard", Collection),
            Below(
                "experiments",
                "Experiments of a tensorboard.",
                new ListVerb<ListTensorboardExperimentsResponse, TensorboardExperiment>(
                    "List a tensorboard's experiments.",
                    static (session, board) => $"/v1/{TensorboardNames.Full(session, board!, 1)}/experiments",
                    static page => (page.TensorboardExperiments, page.NextPageToken),
                    [new("ID", "name:id"), new("DISPLAY_NAME", "displayName"), new("CREATED", "createTime")],
                    Argument("TENSORBOARD", "The tensorboard's id or full name.")
                )
            ),
            Below(
                "runs",
                "Runs of an experiment.",
                new ListVerb<ListTensorboardRunsResponse, TensorboardRun>(
                    "List an experiment's runs.",
                    static (session, experiment) => $"/v1/{TensorboardNames.Full(session, experiment!, 2)}/runs",
                    static page => (page.TensorboardRuns, page.NextPageToken),
                    [new("ID", "name:id"), new("DISPLAY_NAME", "displayName"), new("CREATED", "createTime")],
                    Argument("TENSORBOARD/EXPERIMENT", "The experiment: both ids, or its full name.")
                )
            ),
            Below(
                "series",
                "Time series of a run.",
                new ListVerb<ListTensorboardTimeSeriesResponse, TensorboardTimeSeries>(
                    "List a run's time series.",
                    static (session, run) => $"/v1/{TensorboardNames.Full(session, run!, 3)}/timeSeries",
                    static page => (page.TensorboardTimeSeries, page.NextPageToken),
                    [
                        new("ID", "name:id"),
                        new("NAME", "displayName"),
                        new("TYPE", "valueType"),
                        new("PLUGIN", "pluginName"),
                        new("MAX_STEP", "metadata.maxStep"),
                    ],
                    Argument("TENSORBOARD/EXPERIMENT/RUN", "The run: the three ids, or its full name.")
                ),
                new ExportSeries()
            )
        );
        noun.Aliases.Add("tensorboards");
        return noun;
    }

    private static Command Below(string name, string description, params Command[] verbs)
    {
        var command = new Command(name, description);
        foreach (var verb in verbs)
        {
            command.Add(verb);
        }

        return command;
    }

    private static Argument<string> Argument(string name, string description) => new(name) { Description = description };
}
