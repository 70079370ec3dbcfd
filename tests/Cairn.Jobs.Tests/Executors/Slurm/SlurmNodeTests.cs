using System.Text.Json.Nodes;
using Cairn.Testing;

namespace Cairn.Jobs.Tests.Executors.Slurm;

/// <summary>A server whose jobs run on Slurm, on a cluster of its own, of which nodes and the controller fail.</summary>
public sealed class SlurmNodeTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task a_job_whose_node_crashes_fails_or_is_restarted_as_it_asks_for(bool restart)
    {
        SlurmFixture.SkipWithout();
        await using var cluster = await SlurmCluster.StartAsync();
        await using var server = await ServerProcess.StartAsync(arguments: SlurmFixture.Flags(cluster));
        using var client = new JobsClient(server);
        await client.CreateBucketAsync(JobsClient.Bucket);
        var job = JobsClient.Python(
            $"""
            import os, time
            first = not os.path.exists("/gcs/{JobsClient.Bucket}/been-here")
            print("first" if first else "second", flush=True)
            if first:
                open("/gcs/{JobsClient.Bucket}/been-here", "w").close()
                time.sleep(300)
            """
        );
        job["jobSpec"]!["scheduling"] = new JsonObject { ["restartJobOnWorkerRestart"] = restart };
        var name = await client.SubmitAsync(job);
        await Poll.UntilAsync(async () => await client.DownloadAsync("been-here") is not null, "the first attempt to leave its mark");

        await cluster.CrashAsync((await cluster.RunAsync("squeue", "--noheader", "--states=RUNNING", "--format=%N")).Trim());

        var ended = await client.WaitAsync(name);
        if (restart)
        {
            ((string)ended["state"]!).ShouldBe("JOB_STATE_SUCCEEDED", ended.ToJsonString());
            (await client.LinesAsync(name)).ShouldBe(["first", "second"]);
        }
        else
        {
            ((string)ended["state"]!).ShouldBe("JOB_STATE_FAILED");
            ((string)ended["error"]!["message"]!).ShouldContain("failed");
            ((string)ended["error"]!["message"]!).ShouldContain("node");
        }
    }

    [Fact]
    public async Task while_slurms_controller_is_away_nothing_is_concluded()
    {
        SlurmFixture.SkipWithout();
        await using var cluster = await SlurmCluster.StartAsync(1);
        await using var server = await ServerProcess.StartAsync(arguments: SlurmFixture.Flags(cluster));
        using var client = new JobsClient(server);
        await client.CreateBucketAsync(JobsClient.Bucket);
        var running = await client.SubmitAsync(JobsClient.Python("import time; print('on', flush=True); time.sleep(4); print('off')"));
        await Poll.UntilAsync(async () => (await client.LinesAsync(running)).Count > 0, "the job to begin");

        await cluster.StopControllerAsync();
        var waiting = await client.SubmitAsync(JobsClient.Python("print('later')"));

        // It ends without Slurm's word: its record says so.
        ((string)(await client.WaitAsync(running))["state"]!).ShouldBe("JOB_STATE_SUCCEEDED");
        ((string)(await client.GetAsync(waiting))["state"]!).ShouldBe("JOB_STATE_PENDING");
        await cluster.StartControllerAsync();
        ((string)(await client.WaitAsync(waiting))["state"]!).ShouldBe("JOB_STATE_SUCCEEDED");
        (await client.LinesAsync(waiting)).ShouldBe(["later"]);
    }
}
