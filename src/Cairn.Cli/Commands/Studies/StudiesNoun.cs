using Cairn.Cli.Commands.Verbs;
using Cairn.Cli.Shell;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Cli.Commands.Studies;

internal static class StudiesNoun
{
    public const string Collection = "studies";

    public static Noun Create() =>
        new(
            "studies",
            "Searches for the best parameters; 'cairn tune' runs one.",
            new CreateStudy(),
            new ListVerb<ListStudiesResponse, Study>(
                "List studies.",
                (session, _) => $"/v1/{session.Parent}/{Collection}",
                page => (page.Studies, page.NextPageToken),
                [new("ID", "name:id"), new("DISPLAY_NAME", "displayName"), new("STATE", "state"), new("CREATED", "createTime")]
            ),
            new DescribeVerb<Study>("study", Collection),
            new ListTrials(),
            new BestTrials(),
            new DeleteStudy()
        );
}
