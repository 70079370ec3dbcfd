using Cairn.Cli.Commands.Verbs;
using Cairn.Cli.Output;
using Cairn.Cli.Shell;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Cli.Commands.Datasets;

internal static class DatasetsNoun
{
    public const string Collection = "datasets";

    public static Noun Create() =>
        new(
            "datasets",
            "Data sets that trainings are given, split.",
            new CreateDataset(),
            new ListVerb<ListDatasetsResponse, Dataset>(
                "List data sets.",
                (session, _) => $"/v1/{session.Parent}/{Collection}",
                page => (page.Datasets, page.NextPageToken),
                [
                    new("ID", "name:id"),
                    new("DISPLAY_NAME", "displayName"),
                    new("SCHEMA", "metadataSchemaUri:id"),
                    new("ITEMS", "dataItemCount"),
                    new("CREATED", "createTime"),
                    new("UPDATED", "updateTime"),
                ]
            ),
            new DescribeVerb<Dataset>("data set", Collection),
            new ImportItems(),
            new ExportDataset(),
            new DeleteVerb("data set", Collection)
        );
}
