using Cairn.Kernel.Store;
using Cairn.Metadata.Filters;
using Cairn.Metadata.Names;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Metadata;

/// <summary>What metadata keeps in the resource store. A context's parents are edges, and stand in no stored message.</summary>
public static class MetadataKinds
{
    public static readonly ResourceKind Store = new("MetadataStore", "metadataStores", MetadataStore.Descriptor)
    {
        Unsearchable = new HashSet<string> { "state" },
    };

    public static readonly ResourceKind Schema = new("MetadataSchema", NodeName.Schemas, MetadataSchema.Descriptor)
    {
        Unsearchable = new HashSet<string> { "schema" },
    };

    public static readonly ResourceKind Artifact = new("Artifact", NodeName.Artifacts, Google.Cloud.AIPlatform.V1.Artifact.Descriptor)
    {
        Terms = MetadataTerms.OfArtifacts,
    };

    public static readonly ResourceKind Execution = new("Execution", NodeName.Executions, Google.Cloud.AIPlatform.V1.Execution.Descriptor)
    {
        Terms = MetadataTerms.OfMembers,
    };

    public static readonly ResourceKind Context = new("Context", NodeName.Contexts, Google.Cloud.AIPlatform.V1.Context.Descriptor)
    {
        Terms = MetadataTerms.OfContexts,
    };

    /// <summary>The contexts of experiments and runs that were deleted and can be restored.</summary>
    public static readonly ResourceKind ArchivedContext = Context with { Name = "ArchivedContext" };
}
