using Google.Cloud.AIPlatform.V1;
using Google.Protobuf.Reflection;

namespace Cairn.Jobs.Tasks;

/// <summary>Accelerators as Vertex's documents write them.</summary>
internal static class AcceleratorNames
{
    private static readonly EnumDescriptor Types = AcceleratorTypeReflection.Descriptor.EnumTypes[0];

    /// <summary>The names of all types.</summary>
    public static IEnumerable<string> All => Types.Values.Where(static value => value.Number != 0).Select(static value => value.Name);

    /// <summary><c>NVIDIA_TESLA_V100</c>, where the generated code says <c>NvidiaTeslaV100</c>.</summary>
    public static string Of(AcceleratorType type) => Types.FindValueByNumber((int)type)?.Name ?? type.ToString();

    /// <summary>Whether there is a type of that name.</summary>
    public static bool IsKnown(string name) => All.Contains(name);
}
