using System.Diagnostics;
using System.Reflection;
using System.Text.Json.Nodes;
using Cairn.Testing;

namespace Cairn.Cli.Tests;

/// <summary>The observer is driven as Sacred drives it: the same calls with the same arguments (sacred/run.py).</summary>
public sealed class SacredObserverTests(OpenServer server) : IClassFixture<OpenServer>, IDisposable
{
    private const string Interpreter = "/usr/bin/python3";

    private const string Drive = """
        import datetime, sys
        from cairn_sacred import CairnObserver
        class Float64:
            def __init__(self, value): self.value = value
            def __float__(self): return self.value
        observer = CairnObserver()
        now = datetime.datetime(2026, 1, 1, 12, 0, 0)
        run = observer.started_event(
            ex_info={"name": "Iris Forest", "mainfile": "train.py", "repositories": [{"commit": "abc", "dirty": False}], "sources": [], "dependencies": []},
            command="main", host_info={"hostname": "h"}, start_time=now, config={"lr": 0.1, "tree": {"depth": 3, "kind": "gini"}, "seed": 7, "big": 12345678901234567891}, meta_info={"comment": "first"}, _id=None)
        for beat in range(2):
            observer.log_metrics({"loss": {"steps": [2 * beat, 2 * beat + 1], "values": [1.0 / (beat + 1), Float64(0.5 / (beat + 1))], "timestamps": [now, now], "units": None},
                                  "odd*name": {"steps": [beat], "values": [float("nan")], "timestamps": [now]}}, {})
            observer.heartbeat_event(info={}, captured_out="hello\n", beat_time=now, result=None)
        open("model.txt", "w").write("model")
        observer.artifact_event(name="model.txt", filename="model.txt", metadata=None, content_type=None)
        observer.resource_event("data.csv")
        if sys.argv[1] == "complete":
            observer.completed_event(stop_time=now, result=0.75)
        else:
            observer.failed_event(fail_time=now, fail_trace=["Traceback\n", "ValueError: no\n"])
        observer.join()
        print(run)
        """;

    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("complete", "COMPLETE")]
    [InlineData("fail", "FAILED")]
    public async Task what_sacred_tells_its_observers_is_in_the_run(string end, string state)
    {
        if (!File.Exists(Interpreter))
        {
            Assert.Skip($"'{Interpreter}' is not installed.");
        }

        var run = await DriveAsync(end);
        using var http = new HttpClient { BaseAddress = new Uri(server.Process.Http) };
        const string location = "/v1/projects/demo/locations/us-central1";
        var board = JsonNode.Parse(await http.GetStringAsync($"{location}/tensorboards?filter=is_default%3Dtrue"))!["tensorboards"]![0]![
            "name"
        ]!.GetValue<string>();
        var experiment = JsonNode.Parse(await http.GetStringAsync($"/v1/{board}/experiments?filter=display_name%3D%22Iris%20Forest%22"))![
            "tensorboardExperiments"
        ]![0]!["name"]!.GetValue<string>();
        var series = JsonNode.Parse(await http.GetStringAsync($"/v1/{experiment}/runs/{run}/timeSeries"))![
            "tensorboardTimeSeries"
        ]!.AsArray();
        series
            .Select(static one => one!["displayName"]!.GetValue<string>())
            .ShouldBe(end == "complete" ? ["loss", "odd_name", "result"] : ["loss", "odd_name"], ignoreOrder: true);
        var loss = series.Single(static one => one!["displayName"]!.GetValue<string>() == "loss")!["name"]!.GetValue<string>();
        var values = JsonNode.Parse(await http.GetStringAsync($"/v1/{loss}:read"))!["timeSeriesData"]!["values"]!.AsArray();
        values.Select(static value => value!["scalar"]!["value"]!.GetValue<double>()).ShouldBe([1, 0.5, 0.5, 0.25]);

        var slug = experiment.Split('/')[^1];
        var metadata = JsonNode.Parse(await http.GetStringAsync($"{location}/metadataStores/default/contexts/{slug}-{run}"))!["metadata"]!;
        metadata["_state"]!.GetValue<string>().ShouldBe(state);
        metadata["_params"]!["tree.depth"]!.GetValue<double>().ShouldBe(3);
        metadata["_params"]!["tree.kind"]!.GetValue<string>().ShouldBe("gini");
        metadata["_params"]!["big"]!.GetValue<string>().ShouldBe("12345678901234567891");

        // Tags and files are the run's own, for those who read runs.
        var found = JsonNode.Parse(
            await (
                await http.PostAsync(
                    "/api/2.0/mlflow/runs/search",
                    new StringContent(
                        $$"""{"experiment_ids":["{{JsonNode.Parse(await http.GetStringAsync("/api/2.0/mlflow/experiments/get-by-name?experiment_name=Iris%20Forest"))!["experiment"]!["experiment_id"]}}"],"filter":"run_name = '{{run}}'"}"""
                    )
                )
            ).Content.ReadAsStringAsync()
        )!["runs"]![0]!;
        var id = found["info"]!["run_id"]!.GetValue<string>();
        var tags = found["data"]!["tags"]!.AsArray().ToDictionary(static tag => (string)tag!["key"]!, static tag => (string)tag!["value"]!);
        (tags["sacred.comment"], tags["mlflow.source.git.commit"], tags["sacred.resource.data.csv"]).ShouldBe(("first", "abc", "data.csv"));
        found["data"]!["params"]!
            .AsArray()
            .ShouldContain(static param => (string)param!["key"]! == "big" && (string)param["value"]! == "12345678901234567891");
        JsonNode.Parse(await http.GetStringAsync($"/api/2.0/mlflow/artifacts/list?run_id={id}"))!["files"]!
            .AsArray()
            .Select(static file => (string)file!["path"]!)
            .ShouldBe(["cout.txt", "model.txt"]);
        (await http.GetStringAsync($"/get-artifact?run_id={id}&path=model.txt")).ShouldBe("model");
        (await http.GetStringAsync($"/get-artifact?run_id={id}&path=cout.txt")).ShouldBe("hello\n");
    }

    private async Task<string> DriveAsync(string end)
    {
        var root = typeof(SacredObserverTests)
            .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(static a => a.Key == "Python")
            .Value!;
        var start = new ProcessStartInfo(Interpreter, ["-c", Drive, end])
        {
            WorkingDirectory = _scratch.Path,
            Environment =
            {
                ["PYTHONPATH"] = root,
                ["PYTHONDONTWRITEBYTECODE"] = "1",
                ["CAIRN_ENDPOINT"] = server.Process.Http,
            },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        var errors = process.StandardError.ReadToEndAsync(limit.Token);
        var output = await process.StandardOutput.ReadToEndAsync(limit.Token);
        await process.WaitForExitAsync(limit.Token);
        process.ExitCode.ShouldBe(0, await errors);
        return output.Trim();
    }
}
