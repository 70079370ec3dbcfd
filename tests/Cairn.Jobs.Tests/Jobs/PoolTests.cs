using System.Text.Json.Nodes;
using Cairn.Testing;

namespace Cairn.Jobs.Tests.Jobs;

/// <summary>Jobs of several worker pools.</summary>
public sealed class PoolTests : IAsyncLifetime
{
    private const string Wait = "import time; print('ready', flush=True); time.sleep(600)";
    private const string WaitPolitely = """
        import signal, sys, time
        def end(*_):
            print("bye", flush=True)
            sys.exit(0)
        signal.signal(signal.SIGTERM, end)
        print("ready", flush=True)
        time.sleep(600)
        """;

    private ServerProcess _server = null!;
    private JobsClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await ServerProcess.StartAsync(arguments: ["--job-slots", "8"]);
        _client = new JobsClient(_server);
        await _client.CreateBucketAsync(JobsClient.Bucket);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task every_replica_sees_the_same_cluster_and_its_own_place_in_it()
    {
        const string code = "import json, os; print(json.dumps(dict(os.environ)))";
        var job = JobsClient.Gang((1, code), (2, code), (0, ""), (1, code));
        job["jobSpec"]!["workerPoolSpecs"]![1]!["containerSpec"]!["env"] = JsonNode.Parse(
            """[{"name":"MINE","value":"$(RANK) $(MASTER_ADDR) $$(MASTER_PORT)"},{"name":"RANK","value":"7"}]"""
        );

        var ended = await _client.RunAsync(job);

        ((string)ended["state"]!).ShouldBe("JOB_STATE_SUCCEEDED", ended.ToJsonString());
        string[] replicas = ["workerpool0-0", "workerpool1-0", "workerpool1-1", "workerpool3-0"];
        var seen = new List<JsonNode>();
        foreach (var replica in replicas)
        {
            seen.Add(JsonNode.Parse((await _client.LinesAsync((string)ended["name"]!, replica))[0])!);
        }

        seen.Select(static environment => (string?)environment["RANK"]).ShouldBe(["0", "1", "2", null]);
        seen.ShouldAllBe(static environment => (string)environment["WORLD_SIZE"]! == "3");
        seen.Take(3).ShouldAllBe(static environment => (string)environment["LOCAL_RANK"]! == "0");
        seen.Select(static environment => (string)environment["MASTER_ADDR"]! + ":" + (string)environment["MASTER_PORT"]!)
            .Distinct()
            .ShouldHaveSingleItem();
        ((string)seen[2]["MINE"]!).ShouldBe("2 127.0.0.1 $(MASTER_PORT)");

        var specs = seen.Select(static environment => JsonNode.Parse((string)environment["CLUSTER_SPEC"]!)!).ToList();
        specs.Select(static spec => spec["cluster"]!.ToJsonString()).Distinct().ShouldHaveSingleItem();
        var members = specs[0]["cluster"]!.AsObject();
        members
            .Select(static pool => $"{pool.Key} {pool.Value!.AsArray().Count}")
            .ShouldBe(["workerpool0 1", "workerpool1 2", "workerpool3 1"]);
        members.SelectMany(static pool => pool.Value!.AsArray().Select(static address => (string)address!)).Distinct().Count().ShouldBe(4);
        specs.Select(static spec => $"{spec["task"]!["type"]}-{spec["task"]!["index"]}").ShouldBe(replicas);
        ((string)specs[0]["environment"]!).ShouldBe("cloud");
        specs[0]["job"]!["workerPoolSpecs"]!.AsArray().Count.ShouldBe(4);
        var tensorFlow = seen.Select(static environment => JsonNode.Parse((string)environment["TF_CONFIG"]!)!).ToList();
        tensorFlow[0]["cluster"]!.AsObject().Select(static pool => pool.Key).ShouldBe(["chief", "worker", "evaluator"]);
        tensorFlow
            .Select(static config => $"{config["task"]!["type"]}-{config["task"]!["index"]}")
            .ShouldBe(["chief-0", "worker-0", "worker-1", "evaluator-0"]);
    }

    [Fact]
    public async Task the_job_has_succeeded_when_chief_and_workers_have_and_servers_are_ended_then()
    {
        const string work = "import time; time.sleep(0.5); print('done')";

        var ended = await _client.RunAsync(JobsClient.Gang((1, work), (1, work), (1, WaitPolitely), (1, WaitPolitely)));

        ((string)ended["state"]!).ShouldBe("JOB_STATE_SUCCEEDED", ended.ToJsonString());
        var name = (string)ended["name"]!;
        (await _client.LinesAsync(name, "workerpool1-0")).ShouldBe(["done"]);
        (await _client.LinesAsync(name, "workerpool2-0")).ShouldBe(["ready", "bye"]);
        (await _client.LinesAsync(name, "workerpool3-0")).ShouldBe(["ready", "bye"]);
    }

    [Fact]
    public async Task a_replica_that_fails_fails_the_job_by_name_and_the_others_are_ended()
    {
        var ended = await _client.RunAsync(
            JobsClient.Gang(
                (1, WaitPolitely),
                (2, "import os, sys, time; time.sleep(0.5); sys.exit(3) if os.environ['RANK'] == '2' else time.sleep(600)")
            )
        );

        ((string)ended["state"]!).ShouldBe("JOB_STATE_FAILED");
        ((string)ended["error"]!["message"]!).ShouldContain("workerpool1-1");
        ((string)ended["error"]!["message"]!).ShouldContain("status of 3");
        (await _client.LinesAsync((string)ended["name"]!)).ShouldBe(["ready", "bye"]);
        (await _client.LinesAsync((string)ended["name"]!, "service")).ShouldContain(
            "The replica workerpool1-1 failed; this replica is ended."
        );
    }

    [Fact]
    public async Task cancelling_ends_all_replicas()
    {
        var name = await _client.SubmitAsync(JobsClient.Gang((1, WaitPolitely), (1, WaitPolitely), (1, WaitPolitely)));
        string[] replicas = ["workerpool0-0", "workerpool1-0", "workerpool2-0"];
        foreach (var replica in replicas)
        {
            await Poll.UntilAsync(async () => (await _client.LinesAsync(name, replica)).Count > 0, $"{replica} to begin");
        }

        await _client.CancelAsync(name);

        ((string)(await _client.WaitAsync(name))["state"]!).ShouldBe("JOB_STATE_CANCELLED");
        foreach (var replica in replicas)
        {
            (await _client.LinesAsync(name, replica)).ShouldBe(["ready", "bye"]);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task a_lost_worker_fails_the_gang_or_restarts_it_as_a_whole(bool restart)
    {
        var mark = $"/gcs/{JobsClient.Bucket}/{Guid.NewGuid():n}";
        var code = $"""
            import os, time
            mark = "{mark}-" + os.environ["RANK"]
            first = not os.path.exists(mark)
            print("first" if first else "second", flush=True)
            if first:
                open(mark, "w").close()
                time.sleep(600)
            """;
        var job = JobsClient.Gang((1, code), (1, code));
        job["jobSpec"]!["scheduling"] = new JsonObject { ["restartJobOnWorkerRestart"] = restart };
        var name = await _client.SubmitAsync(job);
        foreach (var rank in (string[])["0", "1"])
        {
            await Poll.UntilAsync(
                async () => await _client.DownloadAsync(Path.GetFileName(mark) + "-" + rank) is not null,
                "each replica to leave its mark"
            );
        }

        Kill(name, 1, "workerpool1-0");

        var ended = await _client.WaitAsync(name);
        if (restart)
        {
            ((string)ended["state"]!).ShouldBe("JOB_STATE_SUCCEEDED", ended.ToJsonString());
            (await _client.LinesAsync(name)).ShouldBe(["first", "second"]);
            (await _client.LinesAsync(name, "workerpool1-0")).ShouldBe(["first", "second"]);
        }
        else
        {
            ((string)ended["state"]!).ShouldBe("JOB_STATE_FAILED");
            ((string)ended["error"]!["message"]!).ShouldContain("workerpool1-0 was lost");
        }
    }

    [Fact]
    public async Task after_a_kill_of_the_server_all_replicas_are_found_again()
    {
        const string code = "import time; print('start', flush=True); time.sleep(4); print('end', flush=True)";
        var name = await _client.SubmitAsync(JobsClient.Gang((1, code), (2, code), (1, Wait)));
        await Poll.UntilAsync(async () => (await _client.LinesAsync(name, "workerpool1-1")).Count > 0, "the last worker to begin");

        _server.Kill();
        await _server.RestartAsync();

        ((string)(await _client.WaitAsync(name))["state"]!).ShouldBe("JOB_STATE_SUCCEEDED");
        foreach (var replica in (string[])["workerpool0-0", "workerpool1-0", "workerpool1-1"])
        {
            (await _client.LinesAsync(name, replica)).ShouldBe(["start", "end"]);
        }
    }

    [Fact]
    public async Task each_replicas_usage_is_recorded_under_its_name()
    {
        var ended = await _client.RunAsync(JobsClient.Gang((1, "sum(range(10**7))"), (1, "sum(range(10**7))")));

        var run = (string)ended["labels"]!["cairn-run"]!;
        var metrics = (
            await _client.SendAsync(HttpMethod.Get, $"/projects/demo/locations/us-central1/api/2.0/mlflow/runs/get?run_id={run}")
        )["run"]!["data"]!["metrics"]!
            .AsArray()
            .Select(static metric => (string)metric!["key"]!)
            .ToList();
        metrics.ShouldContain("system/workerpool0-0/cpu_utilization_percentage");
        metrics.ShouldContain("system/workerpool1-0/cpu_utilization_percentage");
    }

    private void Kill(string job, int attempt, string replica)
    {
        var start = JsonNode.Parse(
            File.ReadAllText(Path.Combine(_server.Data, "jobs", job.Split('/')[^1], $"{attempt}", replica, "started.json"))
        )!;
        using var agent = System.Diagnostics.Process.GetProcessById((int)start["pid"]!);
        agent.Kill();
    }
}
