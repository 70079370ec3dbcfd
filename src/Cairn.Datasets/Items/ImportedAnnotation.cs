namespace Cairn.Datasets.Items;

/// <summary>A class of an item.</summary>
internal sealed record ImportedAnnotation(string DisplayName, IReadOnlyDictionary<string, string> Labels);
