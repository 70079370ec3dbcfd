using Cairn.Cli.Commands.CustomJobs;
using Cairn.Cli.Shell;

namespace Cairn.Cli.Tests;

public sealed class FlagTests
{
    [Theory]
    [InlineData("a,b", new[] { "a", "b" })]
    [InlineData("^;^a,b;c", new[] { "a,b", "c" })]
    [InlineData("^##^x##y,z", new[] { "x", "y,z" })]
    [InlineData("", new string[0])]
    public void lists_are_split_at_commas_or_at_the_separator_between_carets(string given, string[] parts) =>
        KeyValues.List([given]).ShouldBe(parts);

    [Fact]
    public void a_value_may_hold_an_equals_sign() => KeyValues.Parse("--env", ["A=b=c"]).Single().ShouldBe(new("A", "b=c"));

    [Fact]
    public void a_worker_pool_with_a_module_is_a_python_package()
    {
        var flags = new WorkerPoolFlags(["gs://b/p.tar.gz"], ["--x=1"], [], [new("A", "b")]);

        var spec = flags.Read(
            "machine-type=n1-highmem-2,replica-count=2,executor-image-uri=img,python-module=m.task,accelerator-type=NVIDIA_TESLA_T4,accelerator-count=1"
        );

        spec.ReplicaCount.ShouldBe(2);
        spec.MachineSpec.AcceleratorType.ShouldBe(Google.Cloud.AIPlatform.V1.AcceleratorType.NvidiaTeslaT4);
        spec.PythonPackageSpec.PackageUris.ShouldBe(["gs://b/p.tar.gz"]);
        spec.PythonPackageSpec.PythonModule.ShouldBe("m.task");
        spec.PythonPackageSpec.Args.ShouldBe(["--x=1"]);
        spec.PythonPackageSpec.Env.Single().Name.ShouldBe("A");
    }
}
