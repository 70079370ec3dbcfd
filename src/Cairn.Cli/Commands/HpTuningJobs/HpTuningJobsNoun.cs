using Cairn.Cli.Commands.Verbs;
using Cairn.Cli.Output;
using Cairn.Cli.Shell;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Cli.Commands.HpTuningJobs;

internal static class HpTuningJobsNoun
{
    public const string Collection = "hyperparameterTuningJobs";
    public const string Thing = "hyperparameter tuning job";

    public static Noun Create() =>
        new(
            "hp-tuning-jobs",
            "Searches whose trials are custom jobs on the server.",
            new CreateHpTuningJob(),
            new ListVerb<ListHyperparameterTuningJobsResponse, HyperparameterTuningJob>(
                "List hyperparameter tuning jobs.",
                (session, _) => $"/v1/{session.Parent}/{Collection}",
                page => (page.HyperparameterTuningJobs, page.NextPageToken),
                [
                    new("ID", "name:id"),
                    new("DISPLAY_NAME", "displayName"),
                    new("STATE", "state"),
                    new("TRIALS", "maxTrialCount"),
                    new("CREATED", "createTime"),
                    new("ENDED", "endTime"),
                ]
            ),
            new DescribeVerb<HyperparameterTuningJob>(Thing, Collection),
            new HpTuningTrials(),
            new StreamTuningLogs(),
            new CancelVerb(Thing, Collection),
            new DeleteVerb(Thing, Collection)
        );
}
