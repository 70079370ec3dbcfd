using Cairn.Cli.Commands.Verbs;
using Cairn.Cli.Output;
using Cairn.Cli.Shell;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Cli.Commands.TrainingPipelines;

internal static class TrainingPipelinesNoun
{
    private const string Collection = "trainingPipelines";

    public static Noun Create() =>
        new(
            "training-pipelines",
            "Trainings that register their model: what the Python SDK's training jobs create.",
            new ListVerb<ListTrainingPipelinesResponse, TrainingPipeline>(
                "List training pipelines.",
                (session, _) => $"/v1/{session.Parent}/{Collection}",
                page => (page.TrainingPipelines, page.NextPageToken),
                [
                    new("ID", "name:id"),
                    new("DISPLAY_NAME", "displayName"),
                    new("STATE", "state"),
                    new("MODEL", "modelToUpload.name:id"),
                    new("CREATED", "createTime"),
                    new("ENDED", "endTime"),
                ]
            ),
            new DescribeVerb<TrainingPipeline>("training pipeline", Collection),
            new CancelVerb("training pipeline", Collection),
            new DeleteVerb("training pipeline", Collection)
        );
}
