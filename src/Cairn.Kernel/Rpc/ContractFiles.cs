using System.Reflection;
using System.Reflection.Metadata;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf.Reflection;

namespace Cairn.Kernel.Rpc;

/// <summary>Every .proto file of the contracts, found by their generated reflection classes.</summary>
public static class ContractFiles
{
    private const string Suffix = "Reflection";

    private static readonly Lazy<IReadOnlyList<FileDescriptor>> Found = new(Find);

    /// <summary>All of them. The first to ask waits for the thousands of messages to be read.</summary>
    public static IReadOnlyList<FileDescriptor> All => Found.Value;

    /// <summary>Those of the services that a server handles and that need the most others.</summary>
    public static IReadOnlyList<FileDescriptor> Largest =>
        [
            PredictionServiceReflection.Descriptor,
            JobServiceReflection.Descriptor,
            PipelineServiceReflection.Descriptor,
            ModelServiceReflection.Descriptor,
            EndpointServiceReflection.Descriptor,
            DatasetServiceReflection.Descriptor,
            TensorboardServiceReflection.Descriptor,
            MetadataServiceReflection.Descriptor,
            VizierServiceReflection.Descriptor,
        ];

    /// <summary>The services of Vertex AI v1, whether or not anyone handles them.</summary>
    public static IEnumerable<ServiceDescriptor> VertexServices =>
        All.Where(static file => file.Package == "google.cloud.aiplatform.v1").SelectMany(static file => file.Services);

    private static List<FileDescriptor> Find()
    {
        var assembly = typeof(JobServiceReflection).Assembly;
        var files = Names(assembly)
            .Select(name => assembly.GetType(name)?.GetProperty("Descriptor", BindingFlags.Public | BindingFlags.Static)?.GetValue(null))
            .OfType<FileDescriptor>()
            .ToList();
        // Details of errors travel as Any too.
        files.Add(Google.Rpc.ErrorDetailsReflection.Descriptor);
        return files;
    }

    /// <summary>
    /// The classes' names, from the assembly's metadata: asking for its types would load the thousands of messages first.
    /// </summary>
    private static unsafe List<string> Names(Assembly assembly)
    {
        if (!assembly.TryGetRawMetadata(out var blob, out var length))
        {
            throw new InvalidOperationException($"{assembly.FullName} has no metadata that can be read.");
        }

        var metadata = new MetadataReader(blob, length);
        return
        [
            .. metadata
                .TypeDefinitions.Select(metadata.GetTypeDefinition)
                .Where(type =>
                    (type.Attributes & TypeAttributes.VisibilityMask) == TypeAttributes.Public
                    && metadata.GetString(type.Name).EndsWith(Suffix, StringComparison.Ordinal)
                )
                .Select(type => $"{metadata.GetString(type.Namespace)}.{metadata.GetString(type.Name)}"),
        ];
    }
}
