using Cairn.Cli.Commands.Verbs;
using Cairn.Cli.Output;
using Cairn.Cli.Shell;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Cli.Commands.Models;

internal static class ModelsNoun
{
    public const string Collection = "models";

    private static readonly Column[] Columns =
    [
        new("ID", "name:id"),
        new("DISPLAY_NAME", "displayName"),
        new("VERSION", "versionId"),
        new("ALIASES", "versionAliases"),
        new("UPDATED", "updateTime"),
    ];

    public static Noun Create()
    {
        var versions = new System.CommandLine.Command("versions", "Versions of a model.")
        {
            new ListVerb<ListModelVersionsResponse, Model>(
                "List a model's versions.",
                (session, model) => $"/v1/{session.Name(Collection, model!)}:listVersions",
                page => (page.Models, page.NextPageToken),
                [
                    new("VERSION", "versionId"),
                    new("ALIASES", "versionAliases"),
                    new("DESCRIPTION", "versionDescription"),
                    new("CREATED", "versionCreateTime"),
                    new("ARTIFACTS", "artifactUri"),
                ],
                ResourceArgument.For("model")
            ),
            new DescribeVerb<Model>("model version", Collection),
            new SetAliases(),
            new DeleteVerb("model version", Collection, ":deleteVersion"),
        };
        var noun = new Noun(
            "models",
            "The registry of models.",
            new UploadModel(),
            new ListVerb<ListModelsResponse, Model>(
                "List models.",
                (session, _) => $"/v1/{session.Parent}/{Collection}",
                page => (page.Models, page.NextPageToken),
                Columns
            ),
            new DescribeVerb<Model>("model", Collection),
            new UpdateModel(),
            new DeleteVerb("model", Collection),
            versions
        );
        return noun;
    }
}
