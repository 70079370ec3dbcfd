using Cairn.Cli.Commands.Verbs;
using Cairn.Cli.Output;
using Cairn.Cli.Shell;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Cli.Commands.CustomJobs;

internal static class CustomJobsNoun
{
    public const string Collection = "customJobs";

    public static Noun Create() =>
        new(
            "custom-jobs",
            "Training jobs that run your own code.",
            new CreateCustomJob(),
            new ListVerb<ListCustomJobsResponse, CustomJob>(
                "List custom jobs.",
                (session, _) => $"/v1/{session.Parent}/{Collection}",
                page => (page.CustomJobs, page.NextPageToken),
                [
                    new("ID", "name:id"),
                    new("DISPLAY_NAME", "displayName"),
                    new("STATE", "state"),
                    new("CREATED", "createTime"),
                    new("ENDED", "endTime"),
                ]
            ),
            new DescribeCustomJob(),
            new CancelVerb("custom job", Collection),
            new DeleteVerb("custom job", Collection),
            new JobLogs(),
            new StreamLogs()
        );
}
