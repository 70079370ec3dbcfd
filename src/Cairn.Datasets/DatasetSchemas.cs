using System.Text.RegularExpressions;
using Cairn.Kernel.Errors;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Datasets;

/// <summary>The metadata schemas, <c>gs://google-cloud-aiplatform/schema/dataset/metadata/{type}_1.0.0.yaml</c>.</summary>
public static partial class DatasetSchemas
{
    /// <summary>The label that says which schema a data set has.</summary>
    public const string Label = "aiplatform.googleapis.com/dataset_metadata_schema";

    private static readonly Dictionary<string, DatasetType> Types = new()
    {
        ["tabular"] = DatasetType.Tabular,
        ["time_series"] = DatasetType.TimeSeries,
        ["image"] = DatasetType.Image,
        ["text"] = DatasetType.Text,
        ["video"] = DatasetType.Video,
    };

    /// <exception cref="StatusException">INVALID_ARGUMENT; UNIMPLEMENTED for a schema that is not served.</exception>
    public static DatasetType TypeOf(string metadataSchemaUri)
    {
        if (metadataSchemaUri.Length == 0)
        {
            throw StatusException.InvalidArgument(
                "`metadata_schema_uri` is missing; it says what the data set is made of, as gs://google-cloud-aiplatform/schema/dataset/metadata/tabular_1.0.0.yaml."
            );
        }

        return Schema().Match(metadataSchemaUri) is { Success: true } match && Types.TryGetValue(match.Groups[1].Value, out var type)
            ? type
            : throw StatusException.Unimplemented(
                $"`metadata_schema_uri` is '{metadataSchemaUri}'; this server has data sets of {string.Join(", ", Types.Keys.Select(static name => $"{name}_1.0.0.yaml"))} (below gs://google-cloud-aiplatform/schema/dataset/metadata/)."
            );
    }

    public static DatasetType TypeOf(Dataset dataset) => TypeOf(dataset.MetadataSchemaUri);

    /// <summary>Whether the data set's rows stay in files of its owner's, and are not imported.</summary>
    public static bool IsTable(this DatasetType type) => type is DatasetType.Tabular or DatasetType.TimeSeries;

    /// <summary>The value of <see cref="Label"/>.</summary>
    public static string Title(this DatasetType type) =>
        type switch
        {
            DatasetType.Tabular => "TABLE",
            DatasetType.TimeSeries => "TIME_SERIES",
            _ => type.ToString().ToUpperInvariant(),
        };

    /// <summary>The word that the schemas' names begin with: <c>image</c>, <c>text</c>.</summary>
    public static string Word(this DatasetType type) => Types.First(pair => pair.Value == type).Key;

    [GeneratedRegex(@"^gs://google-cloud-aiplatform/schema/dataset/metadata/([a-z_]+)_1\.0\.0\.yaml$", RegexOptions.CultureInvariant)]
    private static partial Regex Schema();
}
