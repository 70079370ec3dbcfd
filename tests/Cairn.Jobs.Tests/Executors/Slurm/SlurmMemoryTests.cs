using Cairn.Testing;

namespace Cairn.Jobs.Tests.Executors.Slurm;

/// <summary>On a real Slurm whose node holds jobs to the memory that they asked for.</summary>
public sealed class SlurmMemoryTests
{
    [Fact]
    public async Task a_program_that_uses_more_memory_than_its_machine_type_has_is_killed_and_the_job_says_so()
    {
        SlurmFixture.SkipWithout();
        if (MemoryGroups.Obstacle is { } obstacle)
        {
            Assert.Skip(obstacle);
        }

        await using var cluster = await SlurmCluster.StartAsync(1, limits: true);
        await using var server = await ServerProcess.StartAsync(arguments: SlurmFixture.Flags(cluster));
        using var client = new JobsClient(server);
        await client.CreateBucketAsync(JobsClient.Bucket);
        var job = JobsClient.Python("print('on', flush=True); taken = b'x' * (2 << 30); print('off')");
        job["jobSpec"]!["workerPoolSpecs"]![0]!["machineSpec"]!["machineType"] = "custom-1-1024";

        var ended = await client.RunAsync(job);

        ((string)ended["state"]!).ShouldBe("JOB_STATE_FAILED", ended.ToJsonString());
        ((string)ended["error"]!["message"]!).ShouldContain("signal 9");
        ((string)ended["error"]!["message"]!).ShouldContain("out of memory");
        (await client.LinesAsync((string)ended["name"]!)).ShouldBe(["on"]);
    }
}
