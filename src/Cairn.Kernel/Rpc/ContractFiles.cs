using System.Reflection;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf.Reflection;

namespace Cairn.Kernel.Rpc;

/// <summary>Every .proto file of the contracts, found by their generated reflection classes.</summary>
public static class ContractFiles
{
    public static IReadOnlyList<FileDescriptor> All { get; } = Find();

    /// <summary>The services of Vertex AI v1, whether or not anyone handles them.</summary>
    public static IEnumerable<ServiceDescriptor> VertexServices => All.Where(static file => file.Package == "google.cloud.aiplatform.v1").SelectMany(static file => file.Services);

    private static List<FileDescriptor> Find()
    {
        var files = typeof(JobServiceReflection).Assembly.GetExportedTypes()
            .Where(static type => type.Name.EndsWith("Reflection", StringComparison.Ordinal))
            .Select(static type => type.GetProperty("Descriptor", BindingFlags.Public | BindingFlags.Static)?.GetValue(null))
            .OfType<FileDescriptor>()
            .ToList();
        // Details of errors travel as Any too.
        files.Add(Google.Rpc.ErrorDetailsReflection.Descriptor);
        return files;
    }
}
