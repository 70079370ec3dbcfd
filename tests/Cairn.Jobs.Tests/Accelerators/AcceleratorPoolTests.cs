using Cairn.Jobs.Accelerators;
using Cairn.Testing;

namespace Cairn.Jobs.Tests.Accelerators;

/// <summary>What a machine has is read from folders laid out as NVIDIA's driver lays out its own.</summary>
public sealed class AcceleratorPoolTests : IDisposable
{
    private const string First = "GPU-6c1ee5de-31c9-1c2d-8b5e-0c9fd9c1b6a0";

    private readonly ScratchDirectory _scratch = new();

    public AcceleratorPoolTests() => Directory.CreateDirectory(_scratch["dev"]);

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void gpus_are_found_by_what_the_driver_says_of_them()
    {
        Gpu("0000:86:00.0", 1, "Tesla V100-SXM2-16GB", "GPU-????????-????-????-????-????????????");
        Gpu("0000:3b:00.0", 0, "Tesla T4", First);
        Gpu("0000:af:00.0", 2, "NVIDIA GeForce RTX 3090", First);
        Gpu("0000:d8:00.0", 3, "Tesla T4", First, node: false);

        new AcceleratorPool(Options("auto")).Accelerators.ShouldBe([
            new Accelerator(0, "NVIDIA_TESLA_T4", First),
            new Accelerator(1, "NVIDIA_TESLA_V100"),
        ]);
    }

    [Fact]
    public void what_is_stated_is_numbered_in_order_and_known_to_the_driver_by_number()
    {
        Gpu("0000:3b:00.0", 1, "NVIDIA GeForce RTX 3090", First);

        new AcceleratorPool(Options("NVIDIA_L4=1,NVIDIA_TESLA_T4=2")).Accelerators.ShouldBe([
            new Accelerator(0, "NVIDIA_L4"),
            new Accelerator(1, "NVIDIA_TESLA_T4", First),
            new Accelerator(2, "NVIDIA_TESLA_T4"),
        ]);
    }

    [Fact]
    public void what_has_no_name_is_told_with_the_way_to_state_it()
    {
        Gpu("0000:3b:00.0", 0, "NVIDIA GeForce RTX 3090", First);

        var obstacle = new AcceleratorPool(Options("auto")).Obstacle(AcceleratorCounts.Parse("NVIDIA_TESLA_T4=1"));

        obstacle.ShouldNotBeNull();
        obstacle.ShouldContain("NVIDIA GeForce RTX 3090");
        obstacle.ShouldContain("--job-accelerators NVIDIA_TESLA_T4=2");
    }

    [Theory]
    [InlineData(
        "NVIDIA_TESLA_T4=2",
        "asks for 3 × NVIDIA_TESLA_T4 with all its replicas, which start together, and this machine has 2 × NVIDIA_TESLA_T4"
    )]
    [InlineData("NVIDIA_L4=4", "this machine has 4 × NVIDIA_L4")]
    [InlineData("auto", "this server found none on its machine")]
    [InlineData("refuse", "gives the tasks of its own machine no accelerators")]
    public void why_a_job_can_never_have_its_accelerators_is_told_with_the_ways_out(string accelerators, string sentence)
    {
        var obstacle = new AcceleratorPool(Options(accelerators)).Obstacle(AcceleratorCounts.Parse("NVIDIA_TESLA_T4=3"));

        obstacle.ShouldNotBeNull();
        obstacle.ShouldContain(sentence);
        obstacle.ShouldContain("--job-accelerators ignore");
    }

    [Theory]
    [InlineData("Tesla T4", "NVIDIA_TESLA_T4")]
    [InlineData("Tesla P100-PCIE-16GB", "NVIDIA_TESLA_P100")]
    [InlineData("NVIDIA A100-SXM4-40GB", "NVIDIA_TESLA_A100")]
    [InlineData("NVIDIA A100 80GB PCIe", "NVIDIA_A100_80GB")]
    [InlineData("NVIDIA H100 80GB HBM3", "NVIDIA_H100_80GB")]
    [InlineData("NVIDIA H100 NVL", null)]
    [InlineData("NVIDIA L40", null)]
    [InlineData("NVIDIA L4", "NVIDIA_L4")]
    [InlineData("", null)]
    public void models_are_named_as_vertex_names_them(string model, string? type) => AcceleratorModels.Type(model).ShouldBe(type);

    [Theory]
    [InlineData("some", "TYPE=COUNT")]
    [InlineData("NVIDIA_TESLA_T4=0", "TYPE=COUNT")]
    [InlineData("NVIDIA_TESLA_T4=200,NVIDIA_L4=57", "at most 256")]
    [InlineData("RTX_3090=1", "'RTX_3090' is no type of GPU")]
    [InlineData("TPU_V2=1", "no type of GPU")]
    public void what_cannot_be_is_refused(string text, string sentence) =>
        Should.Throw<FormatException>(() => AcceleratorOptions.Parse(text)).Message.ShouldContain(sentence);

    [Fact]
    public void a_task_gets_at_its_own_gpus_only()
    {
        var nodes = (string[])["nvidia0", "nvidia1", "nvidia2", "nvidiactl", "nvidia-uvm"];
        foreach (var node in nodes)
        {
            File.WriteAllText(Path.Combine(_scratch["dev"], node), "");
        }

        AcceleratorAccess
            .Nodes([new(1, "NVIDIA_L4"), new(5, "NVIDIA_L4")], _scratch["dev"])
            .Select(Path.GetFileName)
            .ShouldBe(["nvidia1", "nvidiactl", "nvidia-uvm"]);
        AcceleratorAccess.Nodes([], _scratch["dev"]).ShouldBeEmpty();
    }

    [Fact]
    public void variables_name_what_a_task_has_as_it_is_counted_where_it_runs()
    {
        Variables([new(1, "NVIDIA_L4"), new(2, "NVIDIA_L4")], confined: false).ShouldBe(["1,2", "1,2"]);
        Variables([new(1, "NVIDIA_L4"), new(2, "NVIDIA_L4")], confined: true).ShouldBe(["0,1", "1,2"]);
        Variables([new(1, "NVIDIA_L4", First)], confined: true).ShouldBe([First, First]);
        Variables([], confined: false).ShouldBe(["", "void"]);
    }

    private static IEnumerable<string> Variables(IReadOnlyList<Accelerator> accelerators, bool confined)
    {
        var variables = AcceleratorAccess.Variables(accelerators, confined).ToDictionary();
        return [variables["CUDA_VISIBLE_DEVICES"], variables["NVIDIA_VISIBLE_DEVICES"]];
    }

    private JobsOptions Options(string accelerators) =>
        new()
        {
            Accelerators = AcceleratorOptions.Parse(accelerators) with { DeviceFolder = _scratch["dev"], DriverFolder = _scratch["gpus"] },
        };

    private void Gpu(string address, int minor, string model, string uuid, bool node = true)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_scratch["gpus"], address)).FullName;
        File.WriteAllText(
            Path.Combine(folder, "information"),
            $"""
            Model: 		 {model}
            IRQ:   		 182
            GPU UUID: 	 {uuid}
            Video BIOS: 	 90.04.84.00.06
            Bus Type: 	 PCIe
            Bus Location: 	 {address}
            Device Minor: 	 {minor}
            GPU Excluded:	 No

            """
        );
        if (node)
        {
            File.WriteAllText(Path.Combine(_scratch["dev"], $"nvidia{minor}"), "");
        }
    }
}
