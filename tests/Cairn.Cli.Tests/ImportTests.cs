using System.Text.Json.Nodes;
using Cairn.Testing;
using Cairn.Tracking.Tests.Events;

namespace Cairn.Cli.Tests;

public sealed class ImportTests(OpenServer server) : IClassFixture<OpenServer>, IDisposable
{
    private const string Location = "/v1/projects/demo/locations/us-central1";
    private const string Parent = "0123456789abcdef0123456789abcdef";
    private const string Child = "fedcba9876543210fedcba9876543210";
    private const string Deleted = "dddddddddddddddddddddddddddddddd";

    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task an_mlflow_file_store_is_imported_and_importing_it_again_changes_nothing()
    {
        Write(
            "mlruns/1/meta.yaml",
            "artifact_location: file:///x/mlruns/1\ncreation_time: 1700000000000\nexperiment_id: '1'\nlifecycle_stage: active\nname: Birds of Prey\n"
        );
        Run("mlruns/1", Parent, "the parent", "3", "active");
        Write($"mlruns/1/{Parent}/params/lr", "0.1");
        Write($"mlruns/1/{Parent}/params/optimizer", "adam");
        Write($"mlruns/1/{Parent}/metrics/val/loss", "1700000000000 0.5 1\n1700000001000 0.25 2\n1700000002000 nan 3\n");
        Write($"mlruns/1/{Parent}/metrics/acc", "1700000000000 0.75 1\n");
        Write($"mlruns/1/{Parent}/artifacts/model/weights.txt", "weights");
        Run("mlruns/1", Child, "the child", "5", "active");
        Write($"mlruns/1/{Child}/tags/mlflow.parentRunId", Parent);
        Run("mlruns/1", Deleted, "gone", "4", "deleted");
        File.CreateSymbolicLink(_scratch[$"mlruns/1/{Parent}/artifacts/secret"], "/etc/hostname");

        for (var time = 0; time < 2; time++)
        {
            var run = await server.CairnAsync("import", "mlruns", _scratch["mlruns"]);
            run.ShouldWork();
            run.Error.ShouldContain("Imported 2 runs of 1 experiments: 4 points");
            run.Error.ShouldContain("Passed over 1 deleted runs");
            run.Error.ShouldContain(time == 0 ? "1 files with 7 bytes" : "0 files with 0 bytes");
        }

        var board = await BoardAsync();
        var experiments = await GetAsync($"/v1/{board}/experiments?filter=display_name%3D%22Birds%20of%20Prey%22");
        var experiment = experiments["tensorboardExperiments"]![0]!["name"]!.GetValue<string>();
        var runs = (await GetAsync($"/v1/{experiment}/runs"))["tensorboardRuns"]!.AsArray();
        runs.Select(static run => run!["displayName"]!.GetValue<string>()).ShouldBe(["the parent", "the child"], ignoreOrder: true);
        runs.Select(static run => run!["name"]!.GetValue<string>().Split('/')[^1]).ShouldBe([Parent, Child], ignoreOrder: true);
        var series =
            (await GetAsync($"/v1/{experiment}/runs/{Parent}/timeSeries?filter=display_name%3D%22val%2Floss%22"))["timeSeries"]
            ?? (await GetAsync($"/v1/{experiment}/runs/{Parent}/timeSeries?filter=display_name%3D%22val%2Floss%22"))[
                "tensorboardTimeSeries"
            ];
        var values = (await GetAsync($"/v1/{series![0]!["name"]!.GetValue<string>()}:read"))["timeSeriesData"]!["values"]!.AsArray();
        values.Select(static value => value!["scalar"]!["value"]!.ToString()).ShouldBe(["0.5", "0.25", "NaN"]);

        var slug = experiment.Split('/')[^1];
        var context = await GetAsync($"{Location}/metadataStores/default/contexts/{slug}-{Parent}");
        context["metadata"]!["_params"]!["lr"]!.GetValue<double>().ShouldBe(0.1);
        context["metadata"]!["_params"]!["optimizer"]!.GetValue<string>().ShouldBe("adam");
        context["metadata"]!["_metrics"]!["acc"]!.GetValue<double>().ShouldBe(0.75);
        context["metadata"]!["_state"]!.GetValue<string>().ShouldBe("COMPLETE");
        context["parentContexts"]![0]!.GetValue<string>().ShouldEndWith($"/contexts/{slug}");
        (await GetAsync($"{Location}/metadataStores/default/contexts/{slug}-{Child}"))["parentContexts"]!
            .AsArray()
            .Select(static parent => parent!.GetValue<string>().Split('/')[^1])
            .ShouldBe([slug, $"{slug}-{Parent}"], ignoreOrder: true);
        var folder = (await server.CairnAsync("runs", "describe", Parent, "--format", "value(artifactUri)"))
            .ShouldWork()
            .Trim()
            .Replace("mlflow-artifacts:/", "gs://demo-mlflow-artifacts/");
        (await server.CairnAsync("storage", "cat", $"{folder}/model/weights.txt")).ShouldWork().ShouldBe("weights");
        (await server.CairnAsync("storage", "ls", "-r", $"{folder}/")).ShouldWork().ShouldNotContain("secret");
    }

    [Fact]
    public async Task sacred_runs_are_imported_without_unpickling_anything()
    {
        Write(
            "sacred/1/run.json",
            """{"experiment": {"name": "iris", "mainfile": "train.py", "repositories": [{"commit": "abc"}]}, "status": "COMPLETED", "start_time": "2024-01-01T12:00:00.000001", "stop_time": "2024-01-01T12:05:00", "host": {"hostname": "h"}, "command": "main", "result": 0.9, "artifacts": ["model.bin"]}"""
        );
        Write("sacred/1/config.json", """{"C": 1.5, "kernel": {"name": "rbf", "gamma": NaN}, "seed": 7}""");
        Write(
            "sacred/1/metrics.json",
            """{"loss": {"steps": [0, 10], "timestamps": ["2024-01-01T12:00:01", "2024-01-01T12:00:02"], "values": [0.5, {"dtype": "float64", "value": 0.25}]}, "odd": {"steps": [0], "timestamps": [], "values": [{"py/reduce": ["os.system"]}]}}"""
        );
        Write("sacred/1/cout.txt", "hello\n");
        Write("sacred/1/model.bin", "model");
        Write("sacred/_sources/train.py", "pass");
        for (var time = 0; time < 2; time++)
        {
            var run = await server.CairnAsync("import", "sacred", _scratch["sacred"]);
            run.Code.ShouldBe(1);
            run.Error.ShouldContain("no plain number");
            run.Error.ShouldContain("Imported 1 runs of 1 experiments: 2 points");
        }

        var experiment = $"{await BoardAsync()}/experiments/iris";
        var id = (await GetAsync($"/v1/{experiment}/runs"))["tensorboardRuns"]!.AsArray().ShouldHaveSingleItem()!["name"]!
            .GetValue<string>()
            .Split('/')[^1];
        id.ShouldStartWith("1-");
        var parameters = (await GetAsync($"{Location}/metadataStores/default/contexts/iris-{id}"))["metadata"]!;
        parameters["_params"]!["C"]!.GetValue<double>().ShouldBe(1.5);
        parameters["_params"]!["kernel.name"]!.GetValue<string>().ShouldBe("rbf");
        (await server.CairnAsync("runs", "list", "--experiment", "iris", "--format", "value(status,tags.mlflow.source.git.commit)"))
            .ShouldWork()
            .ShouldBe("FINISHED\tabc\n");
        parameters["_metrics"]!["loss"]!.GetValue<double>().ShouldBe(0.25);
    }

    [Fact]
    public async Task tensorboard_folders_are_imported()
    {
        Directory.CreateDirectory(_scratch["tb/run"]);
        await File.WriteAllBytesAsync(_scratch["tb/run/events.out.tfevents.1"], new EventBytes().Version().Simple("loss", 1, 1).ToArray());
        var run = await ProgramRun.OfAsync(
            server.Process,
            ["import", "tensorboard", _scratch["tb"], "--experiment", "brought"],
            new Dictionary<string, string> { ["XDG_STATE_HOME"] = _scratch["state"] }
        );
        run.ShouldWork();
        run.Error.ShouldContain("Uploaded 1 points of 1 run");
    }

    [Fact]
    public async Task a_folder_that_is_not_there_is_told() =>
        (await server.CairnAsync("import", "mlruns", _scratch["nothing"])).ShouldFail("There is no folder");

    private void Run(string experiment, string id, string name, string status, string stage)
    {
        Write(
            $"{experiment}/{id}/meta.yaml",
            $"end_time: 1700000009000\nentry_point_name: ''\nexperiment_id: '1'\nlifecycle_stage: {stage}\nrun_id: {id}\nrun_name: {name}\nstart_time: 1700000000000\nstatus: {status}\ntags: []\nuser_id: ada\n"
        );
        Write($"{experiment}/{id}/tags/mlflow.runName", name);
    }

    private void Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_scratch[name])!);
        File.WriteAllText(_scratch[name], text);
    }

    private async Task<string> BoardAsync() =>
        (await GetAsync($"{Location}/tensorboards?filter=is_default%3Dtrue"))["tensorboards"]![0]!["name"]!.GetValue<string>();

    private async Task<JsonNode> GetAsync(string path)
    {
        using var http = new HttpClient { BaseAddress = new Uri(server.Process.Http) };
        return JsonNode.Parse(await http.GetStringAsync(path))!;
    }
}
