using Cairn.Jobs.Tasks;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Jobs.Tests.Tasks;

public sealed class TaskResourcesTests
{
    [Theory]
    [InlineData("n1-standard-4", 4, 15360)]
    [InlineData("n1-highmem-8", 8, 53248)]
    [InlineData("n1-highcpu-16", 16, 14745)]
    [InlineData("e2-standard-4", 4, 16384)]
    [InlineData("n2-highmem-32", 32, 262144)]
    [InlineData("custom-2-4096", 2, 4096)]
    [InlineData("n2-custom-6-20480", 6, 20480)]
    [InlineData("a2-highgpu-1g", 12, 87040)]
    [InlineData("cloud-tpu", 0, 0)]
    [InlineData("", 0, 0)]
    public void a_machine_types_name_tells_its_size(string type, int cpus, int memory)
    {
        TaskResources.Of(new MachineSpec { MachineType = type }).ShouldBe(new TaskResources(cpus, memory));
    }

    [Fact]
    public void accelerators_are_named_as_vertex_documents_them()
    {
        var machine = new MachineSpec
        {
            MachineType = "n1-standard-8",
            AcceleratorType = AcceleratorType.NvidiaTeslaV100,
            AcceleratorCount = 2,
        };

        TaskResources.Of(machine).ShouldBe(new TaskResources(8, 30720, 2, "NVIDIA_TESLA_V100"));
        TaskResources.Of(null).ShouldBe(new TaskResources(0, 0));
    }
}
