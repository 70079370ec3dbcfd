using Cairn.Kernel.Store;

namespace Cairn.Datasets;

/// <summary>The kinds of stored resources.</summary>
public static class DatasetKinds
{
    public static readonly ResourceKind Dataset = new("Dataset", "datasets", Google.Cloud.AIPlatform.V1.Dataset.Descriptor)
    {
        Unsearchable = new HashSet<string> { "metadata", "saved_queries" },
    };

    public static readonly ResourceKind DataItem = new("DataItem", "dataItems", Google.Cloud.AIPlatform.V1.DataItem.Descriptor)
    {
        Unsearchable = new HashSet<string> { "payload" },
    };

    public static readonly ResourceKind Annotation = new("Annotation", "annotations", Google.Cloud.AIPlatform.V1.Annotation.Descriptor);

    public static readonly ResourceKind AnnotationSpec = new(
        "AnnotationSpec",
        "annotationSpecs",
        Google.Cloud.AIPlatform.V1.AnnotationSpec.Descriptor
    );
}
