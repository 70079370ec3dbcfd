namespace Cairn.Datasets.Items;

/// <summary>One item of an import file.</summary>
/// <param name="Field">The payload's only field: <c>imageGcsUri</c>, <c>textGcsUri</c> or <c>textContent</c>.</param>
/// <param name="Value">The address or the text. Two items with the same are one.</param>
/// <param name="Labels">The item's.</param>
/// <param name="Annotations">Its classes.</param>
internal sealed record ImportedItem(
    string Field,
    string Value,
    IReadOnlyDictionary<string, string> Labels,
    IReadOnlyList<ImportedAnnotation> Annotations
);
