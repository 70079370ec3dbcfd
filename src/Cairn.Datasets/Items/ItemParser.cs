using System.Text;
using System.Text.Json;
using Cairn.Data;
using Cairn.Datasets.Rows;
using Cairn.Datasets.Splits;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Http;
using Cairn.Kernel.Store;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Datasets.Items;

/// <summary>
/// Reads one item of an import file, in Vertex's two notations: an object a line, or <c>[ML_USE],ADDRESS or "text",[LABEL,…]</c>.
/// </summary>
internal sealed class ItemParser(ItemFormat format, ImportDataConfig config)
{
    private const int MaxText = 1024 * 1024;
    private const int MaxDisplayName = 128;
    private const int MaxAnnotations = 1_000;

    /// <exception cref="StatusException">INVALID_ARGUMENT with what is wrong.</exception>
    public ImportedItem Parse(ReadOnlyMemory<byte> line)
    {
        JsonText.Require(line.Span);
        try
        {
            using var json = JsonDocument.Parse(line);
            return json.RootElement.ValueKind == JsonValueKind.Object
                ? Parse(json.RootElement)
                : throw StatusException.InvalidArgument("the line is no JSON object.");
        }
        catch (JsonException)
        {
            throw StatusException.InvalidArgument("the line is no JSON object.");
        }
    }

    /// <exception cref="StatusException">INVALID_ARGUMENT with what is wrong.</exception>
    public ImportedItem Parse(CsvReader record)
    {
        var at = 0;
        var use = "";
        if (record.Count > 1 && Text(record[0]) is var first && (SplitSets.TryRead(first, out _) || SplitSets.IsUnassigned(first)))
        {
            use = first;
            at = 1;
        }

        var value = Text(record[at]);
        var field = value.StartsWith("gs://", StringComparison.Ordinal)
            ? format.AddressField
            : format.ContentField
                ?? throw StatusException.InvalidArgument(
                    $"'{Short(value)}' is no address; a line has the form [ML_USE],gs://bucket/file,LABEL, with ML_USE one of TRAINING, VALIDATION, TEST."
                );
        var annotations = new List<ImportedAnnotation>();
        for (var i = at + 1; i < record.Count; i++)
        {
            if (Text(record[i]).Trim() is { Length: > 0 } label)
            {
                annotations.Add(Annotation(label, []));
            }
        }

        return Item(field, value, SplitSets.TryRead(use, out var set) ? [new(ItemLabels.Use, set.Name())] : [], annotations);
    }

    private ImportedItem Parse(JsonElement line)
    {
        var address = String(line, format.AddressField);
        var text = format.ContentField is { } own ? String(line, own) : null;
        if (address is null == text is null)
        {
            throw StatusException.InvalidArgument(
                format.ContentField is null
                    ? $"the object has no `{format.AddressField}`."
                    : $"the object must have `{format.AddressField}` or `{format.ContentField}`, and not both."
            );
        }

        var annotations = new List<ImportedAnnotation>();
        var name = format.Many ? "classificationAnnotations" : "classificationAnnotation";
        if (line.TryGetProperty(name, out var given) && given.ValueKind != JsonValueKind.Null)
        {
            if (given.ValueKind != (format.Many ? JsonValueKind.Array : JsonValueKind.Object))
            {
                throw StatusException.InvalidArgument($"`{name}` must be {(format.Many ? "a list" : "an object")}.");
            }

            foreach (var annotation in format.Many ? [.. given.EnumerateArray()] : (IReadOnlyList<JsonElement>)[given])
            {
                annotations.Add(
                    Annotation(
                        annotation.ValueKind == JsonValueKind.Object ? String(annotation, "displayName") ?? "" : "",
                        annotation.ValueKind == JsonValueKind.Object ? Map(annotation, "annotationResourceLabels") : []
                    )
                );
            }
        }

        return Item(
            address is null ? format.ContentField! : format.AddressField,
            address ?? text!,
            Map(line, "dataItemResourceLabels"),
            annotations
        );
    }

    private ImportedItem Item(
        string field,
        string value,
        IEnumerable<KeyValuePair<string, string>> labels,
        List<ImportedAnnotation> annotations
    )
    {
        if (field == format.AddressField && GsUri.Parse(value, field).Object.Length == 0)
        {
            throw StatusException.InvalidArgument($"`{field}` is '{value}', which names a bucket; it must name a file.");
        }

        if (value.Length is 0 or > MaxText)
        {
            throw StatusException.InvalidArgument($"`{field}` has {value.Length} characters; it must have 1 to {MaxText}.");
        }

        if (annotations.Count > (format.Many ? MaxAnnotations : 1))
        {
            throw StatusException.InvalidArgument(
                $"there are {annotations.Count} labels; the format {format.Name} has at most {(format.Many ? MaxAnnotations : 1)} for an item."
            );
        }

        return new ImportedItem(field, value, ItemLabels.Merge(config.DataItemLabels, labels), annotations);
    }

    private ImportedAnnotation Annotation(string displayName, IEnumerable<KeyValuePair<string, string>> labels) =>
        Characters.Count(displayName) is > 0 and <= MaxDisplayName && !displayName.Contains('\0', StringComparison.Ordinal)
            ? new ImportedAnnotation(displayName, ItemLabels.Merge(config.AnnotationLabels, labels))
            : throw StatusException.InvalidArgument(
                $"a label's name has {displayName.Length} characters; it must have 1 to {MaxDisplayName}, and no NUL."
            );

    private static string? String(JsonElement element, string name) =>
        !element.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString()
        : throw StatusException.InvalidArgument($"`{name}` must be a string.");

    private static List<KeyValuePair<string, string>> Map(JsonElement element, string name)
    {
        if (!element.TryGetProperty(name, out var map) || map.ValueKind == JsonValueKind.Null)
        {
            return [];
        }

        return
            map.ValueKind == JsonValueKind.Object && map.EnumerateObject().All(static pair => pair.Value.ValueKind == JsonValueKind.String)
            ? [.. map.EnumerateObject().Select(static pair => new KeyValuePair<string, string>(pair.Name, pair.Value.GetString()!))]
            : throw StatusException.InvalidArgument($"`{name}` must be an object of strings.");
    }

    private static string Text(ReadOnlySpan<byte> value) => Encoding.UTF8.GetString(value);

    private static string Short(string text) => text.Length <= 100 ? text : text[..100] + "…";
}
