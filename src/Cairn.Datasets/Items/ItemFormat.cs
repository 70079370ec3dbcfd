using System.Text.RegularExpressions;
using Cairn.Kernel.Errors;

namespace Cairn.Datasets.Items;

/// <summary>
/// A format that items with their annotations are imported from and exported to:
/// <c>gs://google-cloud-aiplatform/schema/dataset/ioformat/{name}_io_format_1.0.0.yaml</c>.
/// </summary>
/// <param name="Name"><c>image_classification_single_label</c>.</param>
/// <param name="Type">The data sets that it is for.</param>
/// <param name="Annotation">The annotation schema's name: <c>image_classification</c>.</param>
/// <param name="Many">Whether an item may have several labels.</param>
internal sealed partial record ItemFormat(string Name, DatasetType Type, string Annotation, bool Many)
{
    public static IReadOnlyList<ItemFormat> All { get; } =
    [
        new("image_classification_single_label", DatasetType.Image, "image_classification", Many: false),
        new("image_classification_multi_label", DatasetType.Image, "image_classification", Many: true),
        new("text_classification_single_label", DatasetType.Text, "text_classification", Many: false),
        new("text_classification_multi_label", DatasetType.Text, "text_classification", Many: true),
    ];

    public string AnnotationSchemaUri => $"gs://google-cloud-aiplatform/schema/dataset/annotation/{Annotation}_1.0.0.yaml";

    /// <summary>The field of an item's address, in import files and payloads.</summary>
    public string AddressField => Type == DatasetType.Image ? "imageGcsUri" : "textGcsUri";

    /// <summary>The field of an item's own text, or null where there is none.</summary>
    public string? ContentField => Type == DatasetType.Text ? "textContent" : null;

    /// <exception cref="StatusException">INVALID_ARGUMENT; UNIMPLEMENTED for a format that is not served.</exception>
    public static ItemFormat Find(string importSchemaUri, DatasetType type)
    {
        if (importSchemaUri.Length == 0)
        {
            throw StatusException.InvalidArgument(
                $"`import_schema_uri` is missing; it says how the import files are written, as gs://google-cloud-aiplatform/schema/dataset/ioformat/{All[0].Name}_io_format_1.0.0.yaml."
            );
        }

        var name = ImportSchema().Match(importSchemaUri) is { Success: true } match ? match.Groups[1].Value : "";
        var format =
            All.FirstOrDefault(format => format.Name == name)
            ?? throw StatusException.Unimplemented(
                $"`import_schema_uri` is '{importSchemaUri}'; this server imports {string.Join(", ", All.Select(static f => f.Name + "_io_format_1.0.0.yaml"))} so far."
            );
        return format.Type == type
            ? format
            : throw StatusException.InvalidArgument(
                $"`import_schema_uri` '{importSchemaUri}' is for data sets of {format.Type.Word()}s; this one is of {type.Word()}s."
            );
    }

    /// <summary>
    /// The name of an annotation schema: <c>image_classification</c> of <c>…/schema/dataset/annotation/image_classification_1.0.0.yaml</c>.
    /// </summary>
    /// <exception cref="StatusException">INVALID_ARGUMENT; UNIMPLEMENTED for a schema that is not served.</exception>
    public static string AnnotationOf(string annotationSchemaUri, DatasetType type)
    {
        var name = AnnotationSchema().Match(annotationSchemaUri) is { Success: true } match ? match.Groups[1].Value : "";
        var format =
            All.FirstOrDefault(format => format.Annotation == name)
            ?? throw StatusException.Unimplemented(
                $"`annotation_schema_uri` is '{annotationSchemaUri}'; this server has annotations of {string.Join(", ", All.Select(static f => f.AnnotationSchemaUri).Distinct())} so far."
            );
        return format.Type == type
            ? name
            : throw StatusException.InvalidArgument(
                $"`annotation_schema_uri` '{annotationSchemaUri}' is for data sets of {format.Type.Word()}s; this one is of {type.Word()}s."
            );
    }

    [GeneratedRegex(
        @"^gs://google-cloud-aiplatform/schema/dataset/ioformat/([a-z_]+)_io_format_1\.0\.0\.yaml$",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex ImportSchema();

    [GeneratedRegex(@"^gs://google-cloud-aiplatform/schema/dataset/annotation/([a-z_]+)_1\.0\.0\.yaml$", RegexOptions.CultureInvariant)]
    private static partial Regex AnnotationSchema();
}
