namespace Cairn.Datasets.Exports;

/// <summary>Which of a data set's items and annotations are exported.</summary>
/// <param name="Annotation">The annotation schema's name, or empty for all.</param>
/// <param name="AnnotationsFilter">A filter on annotations, or empty.</param>
/// <param name="Unannotated">Whether items without such an annotation are exported too.</param>
internal sealed record ItemSelection(string Annotation, string AnnotationsFilter, bool Unannotated);
