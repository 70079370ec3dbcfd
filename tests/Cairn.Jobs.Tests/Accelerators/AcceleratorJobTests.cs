using System.Text.Json.Nodes;
using Cairn.Testing;

namespace Cairn.Jobs.Tests.Accelerators;

/// <summary>Jobs of a server whose machine is said to have two accelerators.</summary>
public sealed class AcceleratorJobTests : IAsyncLifetime
{
    private const string Say = "import os; print(repr(os.environ.get('CUDA_VISIBLE_DEVICES')), flush=True)\n";
    private const string Wait = Say + "import time; time.sleep(600)";

    private ServerProcess server = null!;
    private JobsClient client = null!;

    public async ValueTask InitializeAsync()
    {
        server = await ServerProcess.StartAsync(arguments: ["--job-slots", "4", "--job-accelerators", "NVIDIA_TESLA_T4=2", "--pip-index", "none"]);
        client = new JobsClient(server);
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task each_task_sees_its_own_and_after_a_kill_of_the_server_nobody_elses()
    {
        var first = await client.SubmitAsync(Asking(Wait, 1));
        var second = await client.SubmitAsync(Asking(Wait, 1));
        (await SaidAsync(first)).ShouldBe("'0'");
        (await SaidAsync(second)).ShouldBe("'1'");
        (await client.LinesAsync(second, "service")).ShouldContain("Its accelerators are 1 (NVIDIA_TESLA_T4).");
        var third = await client.SubmitAsync(Asking(Wait, 1));

        server.Kill();
        await server.RestartAsync();

        // Who asked for none has none, and need not wait.
        (await client.OutputAsync(JobsClient.Python(Say))).ShouldBe(["''"]);
        ((string)(await client.GetAsync(third))["state"]!).ShouldBe("JOB_STATE_QUEUED");
        await client.CancelAsync(second);
        (await SaidAsync(third)).ShouldBe("'1'");
        ((string)(await client.GetAsync(first))["state"]!).ShouldBe("JOB_STATE_RUNNING");

        var refusal = await client.RefusalAsync(Asking(Say, 3));
        refusal.Status.ShouldBe("FAILED_PRECONDITION");
        refusal.Message.ShouldContain("this machine has 2 × NVIDIA_TESLA_T4");
        foreach (var name in (string[])[first, third])
        {
            await client.CancelAsync(name);
            await client.WaitAsync(name);
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

        var ended = await client.RunAsync(job);

        ((string)ended["state"]!).ShouldBe("JOB_STATE_SUCCEEDED", ended.ToJsonString());
        (await client.LinesAsync((string)ended["name"]!)).ShouldBe(["'0'"]);
        (await client.LinesAsync((string)ended["name"]!, "workerpool1-0")).ShouldBe(["'1'"]);
    }

    private static JsonObject Asking(string code, int count)
    {
        var job = JobsClient.Python(code);
        job["jobSpec"]!["workerPoolSpecs"]![0]!["machineSpec"] = Machine(count);
        return job;
    }

    private static JsonObject Machine(int count) => new() { ["machineType"] = "n1-standard-4", ["acceleratorType"] = "NVIDIA_TESLA_T4", ["acceleratorCount"] = count };

    private async Task<string> SaidAsync(string name)
    {
        IReadOnlyList<string> lines = [];
        await Poll.UntilAsync(async () => (lines = await client.LinesAsync(name)).Count > 0, $"{name} to say what it sees");
        return lines[0];
    }
}
