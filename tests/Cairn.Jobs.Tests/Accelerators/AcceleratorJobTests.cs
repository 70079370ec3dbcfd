using System.Text.Json.Nodes;
using Cairn.Testing;

namespace Cairn.Jobs.Tests.Accelerators;

/// <summary>Jobs of a server whose machine is said to have two accelerators.</summary>
public sealed class AcceleratorJobTests : IAsyncLifetime
{
    private const string Say = "import os; print(repr(os.environ.get('CUDA_VISIBLE_DEVICES')), flush=True)\n";
    private const string Wait = Say + "import time; time.sleep(600)";

    private ServerProcess _server = null!;
    private JobsClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await ServerProcess.StartAsync(
            arguments: ["--job-slots", "4", "--job-accelerators", "NVIDIA_TESLA_T4=2", "--pip-index", "none"]
        );
        _client = new JobsClient(_server);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task each_task_sees_its_own_and_after_a_kill_of_the_server_nobody_elses()
    {
        var first = await _client.SubmitAsync(Asking(Wait, 1));
        var second = await _client.SubmitAsync(Asking(Wait, 1));
        (await SaidAsync(first)).ShouldBe("'0'");
        (await SaidAsync(second)).ShouldBe("'1'");
        (await _client.LinesAsync(second, "service")).ShouldContain("Its accelerators are 1 (NVIDIA_TESLA_T4).");
        var third = await _client.SubmitAsync(Asking(Wait, 1));

        _server.Kill();
        await _server.RestartAsync();

        // Who asked for none has none, and need not wait.
        (await _client.OutputAsync(JobsClient.Python(Say))).ShouldBe(["''"]);
        ((string)(await _client.GetAsync(third))["state"]!).ShouldBe("JOB_STATE_QUEUED");
        await _client.CancelAsync(second);
        (await SaidAsync(third)).ShouldBe("'1'");
        ((string)(await _client.GetAsync(first))["state"]!).ShouldBe("JOB_STATE_RUNNING");

        var refusal = await _client.RefusalAsync(Asking(Say, 3));
        refusal.Status.ShouldBe("FAILED_PRECONDITION");
        refusal.Message.ShouldContain("this machine has 2 × NVIDIA_TESLA_T4");
        foreach (var name in (string[])[first, third])
        {
            await _client.CancelAsync(name);
            await _client.WaitAsync(name);
        }
    }

    [Fact]
    public async Task replicas_share_what_the_job_has_and_a_task_cannot_name_others()
    {
        var job = JobsClient.Gang((1, Say), (1, Say));
        foreach (var pool in job["jobSpec"]!["workerPoolSpecs"]!.AsArray())
        {
            pool!["machineSpec"] = Machine(1);
            pool["containerSpec"]!["env"] = JsonNode.Parse("""[{"name":"CUDA_VISIBLE_DEVICES","value":"0,1"}]""");
        }

        var ended = await _client.RunAsync(job);

        ((string)ended["state"]!).ShouldBe("JOB_STATE_SUCCEEDED", ended.ToJsonString());
        (await _client.LinesAsync((string)ended["name"]!)).ShouldBe(["'0'"]);
        (await _client.LinesAsync((string)ended["name"]!, "workerpool1-0")).ShouldBe(["'1'"]);
    }

    private static JsonObject Asking(string code, int count)
    {
        var job = JobsClient.Python(code);
        job["jobSpec"]!["workerPoolSpecs"]![0]!["machineSpec"] = Machine(count);
        return job;
    }

    private static JsonObject Machine(int count) =>
        new()
        {
            ["machineType"] = "n1-standard-4",
            ["acceleratorType"] = "NVIDIA_TESLA_T4",
            ["acceleratorCount"] = count,
        };

    private async Task<string> SaidAsync(string name)
    {
        IReadOnlyList<string> lines = [];
        await Poll.UntilAsync(async () => (lines = await _client.LinesAsync(name)).Count > 0, $"{name} to say what it sees");
        return lines[0];
    }
}
