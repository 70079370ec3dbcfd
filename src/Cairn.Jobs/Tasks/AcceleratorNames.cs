using Google.Cloud.AIPlatform.V1;
using Google.Protobuf.Reflection;

namespace Cairn.Jobs.Tasks;

/// <summary>Accelerators as Vertex's documents write them.</summary>
internal static class AcceleratorNames
{
    private static readonly EnumDescriptor Types = AcceleratorTypeReflection.Descriptor.EnumTypes[0];

    /// <summary>The names of the types of GPUs, which one machine's server can give to tasks.</summary>
    public static IEnumerable<string> Gpus =>
        Types.Values.Select(static value => value.Name).Where(static name => name.StartsWith("NVIDIA_", StringComparison.Ordinal));

    /// <summary><c>NVIDIA_TESLA_V100</c>, where the generated code says <c>NvidiaTeslaV100</c>.</summary>
    public static string Of(AcceleratorType type) => Types.FindValueByNumber((int)type)?.Name ?? type.ToString();
}
