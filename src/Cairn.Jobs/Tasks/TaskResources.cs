using Google.Cloud.AIPlatform.V1;

namespace Cairn.Jobs.Tasks;

/// <summary>What a replica needs of the machine that it runs on, for executors that have several. What is 0 was not asked for.</summary>
/// <param name="GpuType">As Vertex calls it: <c>NVIDIA_TESLA_V100</c>.</param>
public sealed record TaskResources(int Cpus, int MemoryMib, int Gpus = 0, string? GpuType = null)
{
    /// <summary>What a machine specification stands for.</summary>
    public static TaskResources Of(MachineSpec? machine)
    {
        var (cpus, memory) = MachineTypes.Size(machine?.MachineType ?? "");
        return machine is { AcceleratorCount: > 0 and var count }
            ? new TaskResources(cpus, memory, count, AcceleratorNames.Of(machine.AcceleratorType))
            : new TaskResources(cpus, memory);
    }
}
