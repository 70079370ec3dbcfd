using Google.Cloud.AIPlatform.V1;

namespace Cairn.Jobs.Tasks;

/// <summary>Accelerators as Vertex's documents write them.</summary>
internal static class AcceleratorNames
{
    /// <summary><c>NVIDIA_TESLA_V100</c>, where the generated code says <c>NvidiaTeslaV100</c>.</summary>
    public static string Of(AcceleratorType type) =>
        AcceleratorTypeReflection.Descriptor.EnumTypes[0].FindValueByNumber((int)type)?.Name ?? type.ToString();
}
