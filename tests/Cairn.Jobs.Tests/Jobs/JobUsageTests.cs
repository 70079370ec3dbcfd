using System.Text.Json.Nodes;
using Cairn.Jobs.Tasks;
using Cairn.Testing;

namespace Cairn.Jobs.Tests.Jobs;

/// <summary>What a task uses is in its run, under MLflow's names.</summary>
public sealed class JobUsageTests(Server server)
{
    private static readonly string[] Always =
    [
        "system/cpu_utilization_percentage",
        "system/disk_available_megabytes",
        "system/disk_usage_megabytes",
        "system/disk_usage_percentage",
        "system/network_receive_megabytes",
        "system/network_transmit_megabytes",
    ];

    [Fact]
    public async Task a_task_of_a_moment_has_a_sample()
    {
        var job = await server.Client.RunAsync(JobsClient.Container(JobsClient.SklearnImage, ["true"], []));

        var metrics = await MetricsAsync(server.Client, job);

        Always.ShouldBeSubsetOf(metrics.Keys);
        metrics["system/disk_usage_percentage"].ShouldBeInRange(0, 100);
    }

    [Fact]
    public async Task the_memory_and_the_processor_of_the_task_itself_are_measured()
    {
        var job = await server.Client.RunAsync(
            JobsClient.Python("import time\nx = bytearray(200 << 20)\nend = time.time() + 3\nwhile time.time() < end: pass")
        );

        var run = await RunAsync(server.Client, job);
        var memory = await HistoryAsync(server.Client, run, "system/system_memory_usage_megabytes");
        memory.Max(point => (double)point!["value"]!).ShouldBeInRange(209, 400);
        (await HistoryAsync(server.Client, run, "system/cpu_utilization_percentage"))
            .Max(point => (double)point!["value"]!)
            .ShouldBeGreaterThan(10.0 / Environment.ProcessorCount);
        (await MetricsAsync(server.Client, job))["system/system_memory_usage_percentage"].ShouldBeInRange(0, 100);
    }

    [Fact]
    public async Task samples_taken_while_the_server_is_dead_are_there_when_it_is_back_and_each_is_there_once()
    {
        await using var own = await ServerProcess.StartAsync();
        using var client = new JobsClient(own);
        var name = await client.SubmitAsync(JobsClient.Python("import time; print('on', flush=True); time.sleep(4)"));
        await Poll.UntilAsync(async () => (await client.LinesAsync(name)).Count > 0, "the job to begin");
        own.Kill();
        var attempt = new GangDirectory(Path.Combine(own.Data, "jobs"), name.Split('/')[^1], 1).Replica("workerpool0-0").Path;
        await Poll.UntilAsync(
            () =>
                File.Exists(Path.Combine(attempt, "exit.json"))
                || File.ReadAllText(Path.Combine(attempt, "log.spool")).Contains("completed successfully"),
            "the program to end"
        );
        var taken = File.ReadAllLines(Path.Combine(attempt, "usage.spool")).Length;
        await own.RestartAsync();

        var job = await client.WaitAsync(name);

        var points = await HistoryAsync(client, await RunAsync(client, job), "system/disk_usage_percentage");
        taken.ShouldBeGreaterThanOrEqualTo(3);
        points.Select(point => (long)point!["step"]!).ShouldBe(Enumerable.Range(0, taken).Select(step => (long)step));
    }

    private static async Task<JsonNode> RunAsync(JobsClient client, JsonObject job) =>
        (await client.SendAsync(HttpMethod.Get, $"/{client.Parent}/api/2.0/mlflow/runs/get?run_id={(string)job["labels"]!["cairn-run"]!}"))[
            "run"
        ]!;

    private static async Task<Dictionary<string, double>> MetricsAsync(JobsClient client, JsonObject job) =>
        (await RunAsync(client, job))["data"]!["metrics"]!
            .AsArray()
            .ToDictionary(metric => (string)metric!["key"]!, metric => (double)metric!["value"]!);

    private static async Task<JsonArray> HistoryAsync(JobsClient client, JsonNode run, string key) =>
        (
            await client.SendAsync(
                HttpMethod.Get,
                $"/{client.Parent}/api/2.0/mlflow/metrics/get-history?run_id={(string)run["info"]!["run_id"]!}&metric_key={Uri.EscapeDataString(key)}"
            )
        )["metrics"]!.AsArray();
}
