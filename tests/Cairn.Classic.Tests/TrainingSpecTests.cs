using Cairn.Classic.Jobs;
using Cairn.Kernel.Errors;
using Google.Cloud.ML.V1;
using Google.Protobuf.WellKnownTypes;

namespace Cairn.Classic.Tests;

public sealed class TrainingSpecTests
{
    [Fact]
    public void a_package_becomes_a_job_with_its_arguments_and_its_job_dir()
    {
        var input = Package();
        input.Args.Add("--epochs=3");
        input.JobDir = "gs://b/out";
        input.Scheduling = new Scheduling
        {
            MaxRunningTime = Duration.FromTimeSpan(TimeSpan.FromHours(1)),
            ResilientToWorkerRestart = true,
        };

        var spec = TrainingSpec.Of(input, input.JobDir);

        var pool = spec.WorkerPoolSpecs.ShouldHaveSingleItem();
        pool.ReplicaCount.ShouldBe(1);
        pool.PythonPackageSpec.ExecutorImageUri.ShouldBe("gcr.io/cloud-ml/training/runtime:2.11");
        pool.PythonPackageSpec.Args.ShouldBe(["--epochs=3", "--job-dir", "gs://b/out"]);
        spec.BaseOutputDirectory.OutputUriPrefix.ShouldBe("gs://b/out");
        spec.Scheduling.Timeout.Seconds.ShouldBe(3600);
        spec.Scheduling.RestartJobOnWorkerRestart.ShouldBeTrue();
    }

    [Fact]
    public void the_fixed_tiers_have_the_documented_numbers_of_machines()
    {
        var input = Package();
        input.ScaleTier = TrainingInput.Types.ScaleTier.Standard1;
        TrainingSpec.Of(input, "").WorkerPoolSpecs.Select(static pool => pool.ReplicaCount).ShouldBe([1, 4, 3]);
        input.ScaleTier = TrainingInput.Types.ScaleTier.Premium1;
        TrainingSpec.Of(input, "").WorkerPoolSpecs.Select(static pool => pool.ReplicaCount).ShouldBe([1, 19, 11]);
    }

    [Fact]
    public void a_custom_tier_leaves_the_pools_empty_that_it_does_not_ask_for()
    {
        var input = new TrainingInput
        {
            ScaleTier = TrainingInput.Types.ScaleTier.Custom,
            MasterType = "n1-standard-8",
            MasterConfig = new ReplicaConfig
            {
                ImageUri = "gcr.io/acme/train",
                ContainerCommand = { "python3" },
                ContainerArgs = { "main.py" },
            },
            EvaluatorType = "n1-standard-4",
            EvaluatorCount = 1,
            Args = { "--verbose" },
        };

        var pools = TrainingSpec.Of(input, "").WorkerPoolSpecs;

        pools.Select(static pool => pool.ReplicaCount).ShouldBe([1, 0, 0, 1]);
        pools[0].ContainerSpec.Command.ShouldBe(["python3"]);
        pools[0].ContainerSpec.Args.ShouldBe(["main.py", "--verbose"]);
        pools[0].MachineSpec.MachineType.ShouldBe("n1-standard-8");
        pools[1].ContainerSpec.ShouldBeNull();
        pools[3].ContainerSpec.ImageUri.ShouldBe("gcr.io/acme/train");
        pools[3].MachineSpec.MachineType.ShouldBe("n1-standard-4");
    }

    [Theory]
    [InlineData("master_type", TrainingInput.Types.ScaleTier.Custom, 0L)]
    [InlineData("scale_tier", TrainingInput.Types.ScaleTier.Basic, 2L)]
    [InlineData("accelerator", TrainingInput.Types.ScaleTier.BasicGpu, 0L)]
    public void tiers_that_do_not_fit_are_refused(string word, TrainingInput.Types.ScaleTier tier, long workers)
    {
        var input = Package();
        input.ScaleTier = tier;
        input.WorkerCount = workers;
        Should.Throw<StatusException>(() => TrainingSpec.Of(input, "")).Message.ShouldContain(word);
    }

    private static TrainingInput Package() =>
        new()
        {
            PackageUris = { "gs://b/trainer.tar.gz" },
            PythonModule = "trainer.task",
            RuntimeVersion = "2.11",
        };
}
