using System.Text.Json.Nodes;
using Cairn.Testing;

namespace Cairn.Jobs.Tests.Executors.Slurm;

/// <summary>A real server whose jobs run on a real Slurm of two nodes.</summary>
public sealed class SlurmJobTests(SlurmFixture fixture) : IAsyncLifetime
{
    private SlurmCluster _cluster = null!;
    private ServerProcess _server = null!;
    private JobsClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _cluster = await fixture.StartAsync();
        _server = await ServerProcess.StartAsync(arguments: [.. SlurmFixture.Flags(_cluster), "--job-slots", "1"]);
        _client = new JobsClient(_server);
        await _client.CreateBucketAsync(JobsClient.Bucket);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            _client.Dispose();
            await _server.DisposeAsync();
        }
    }

    [Fact]
    public async Task a_job_reads_and_writes_buckets_and_logs()
    {
        await _client.UploadAsync("in.txt", "hello"u8.ToArray());
        var job = JobsClient.Python(
            $"print(open('/gcs/{JobsClient.Bucket}/in.txt').read()); open('/gcs/{JobsClient.Bucket}/out.txt', 'w').write('bye')"
        );

        (await _client.OutputAsync(job)).ShouldBe(["hello"]);
        (await _client.DownloadAsync("out.txt")).ShouldBe("bye");
    }

    [Fact]
    public async Task slurm_keeps_the_line_not_the_servers_slots()
    {
        // Four processors each: four fit on the two nodes.
        var names = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            names.Add(await _client.SubmitAsync(JobsClient.Python("import time; print('on', flush=True); time.sleep(300)")));
        }

        await Poll.UntilAsync(
            async () => (await StatesAsync(names)).Count(static state => state == "JOB_STATE_RUNNING") == 4,
            "four jobs to run"
        );
        (await StatesAsync(names)).Count(static state => state == "JOB_STATE_PENDING").ShouldBe(1);
        var mine = "--name=" + string.Join(',', names.Select(static name => $"cairn-{name.Split('/')[^1]}-1"));
        (await _cluster.RunAsync("squeue", "--noheader", "--states=PENDING", "--format=%r", mine)).ShouldBeOneOf("Resources", "Priority");

        foreach (var name in names)
        {
            await _client.CancelAsync(name);
        }

        foreach (var name in names)
        {
            ((string)(await _client.WaitAsync(name))["state"]!).ShouldBe("JOB_STATE_CANCELLED");
        }

        await Poll.UntilAsync(
            async () => (await _cluster.RunAsync("squeue", "--noheader", mine)).Length == 0,
            "the jobs to be gone from Slurm's queue"
        );
    }

    [Fact]
    public async Task after_a_kill_of_the_server_every_job_goes_on_and_none_runs_twice()
    {
        const string code = """
            import sys, time
            print("start", sys.argv[1], flush=True)
            time.sleep(3)
            print("end", sys.argv[1], flush=True)
            """;
        var names = new List<string>();
        for (var i = 0; i < 6; i++)
        {
            names.Add(await _client.SubmitAsync(JobsClient.Python(code, $"{i}")));
        }

        await _client.WaitAsync(names[0], "JOB_STATE_RUNNING", "JOB_STATE_SUCCEEDED");
        _server.Kill();
        await _server.RestartAsync();

        for (var i = 0; i < names.Count; i++)
        {
            var job = await _client.WaitAsync(names[i]);
            ((string)job["state"]!).ShouldBe("JOB_STATE_SUCCEEDED", job.ToJsonString());
            (await _client.LinesAsync(names[i])).ShouldBe([$"start {i}", $"end {i}"]);
        }
    }

    [Fact]
    public async Task workers_on_two_nodes_meet_at_their_masters_address()
    {
        var job = JobsClient.Python(
            """
            import os, socket
            rank, world = int(os.environ["RANK"]), int(os.environ["WORLD_SIZE"])
            place = os.environ["MASTER_ADDR"], int(os.environ["MASTER_PORT"])
            if rank == 0:
                with socket.create_server(place) as master:
                    print(sorted(master.accept()[0].recv(10).decode() for _ in range(world - 1)))
            else:
                import time
                for _ in range(100):
                    try:
                        socket.create_connection(place).sendall(str(rank).encode())
                        break
                    except ConnectionRefusedError:
                        time.sleep(0.1)
                print("said", rank)
            """
        );
        var pools = job["jobSpec"]!["workerPoolSpecs"]!.AsArray();

        // As large as a node is, so that each has one of its own.
        pools[0]!["machineSpec"]!["machineType"] = "n1-highcpu-8";
        pools.Add(pools[0]!.DeepClone());

        var ended = await _client.RunAsync(job);

        ((string)ended["state"]!).ShouldBe("JOB_STATE_SUCCEEDED", ended.ToJsonString());
        (await _client.LinesAsync((string)ended["name"]!)).ShouldBe(["['1']"]);
        (await _client.LinesAsync((string)ended["name"]!, "workerpool1-0")).ShouldBe(["said 1"]);
        (
            await _cluster.RunAsync(
                "squeue",
                "--noheader",
                "--states=all",
                "--format=%N",
                $"--name=cairn-{((string)ended["name"]!).Split('/')[^1]}-1"
            )
        ).ShouldBe("n[1-2]");
    }

    [Fact]
    public async Task a_job_that_takes_too_long_times_out()
    {
        var job = JobsClient.Python("import time; time.sleep(300)");
        job["jobSpec"]!["scheduling"] = new JsonObject { ["timeout"] = "2s" };

        var ended = await _client.RunAsync(job);

        ((string)ended["state"]!).ShouldBe("JOB_STATE_FAILED");
        ((string)ended["error"]!["message"]!).ShouldContain("timed out");
    }

    [Fact]
    public async Task a_machine_that_no_node_has_fails_the_job_with_slurms_reason()
    {
        var job = JobsClient.Python("pass");
        job["jobSpec"]!["workerPoolSpecs"]![0]!["machineSpec"]!["machineType"] = "custom-2-204800";

        var ended = await _client.RunAsync(job);

        ((string)ended["state"]!).ShouldBe("JOB_STATE_FAILED");
        ((string)ended["error"]!["message"]!).ShouldContain("Slurm refuses");
        ((string)ended["error"]!["message"]!).ShouldContain("not available");
    }

    private async Task<List<string>> StatesAsync(IEnumerable<string> names)
    {
        var states = new List<string>();
        foreach (var name in names)
        {
            states.Add((string)(await _client.GetAsync(name))["state"]!);
        }

        return states;
    }
}
