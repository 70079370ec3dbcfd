using System.Text.Json.Nodes;
using Cairn.Testing;

namespace Cairn.Cli.Tests;

/// <summary>A file store as MLflow 3 writes it, imported and read back over the MLflow door.</summary>
public sealed class MlrunsImportTests(OpenServer server) : IClassFixture<OpenServer>, IDisposable
{
    private const string Parent = "0123456789abcdef0123456789abcdef";
    private const string Child = "fedcba9876543210fedcba9876543210";
    private const string Model = "m-00112233445566778899aabbccddeeff";

    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task what_mlflow_kept_reads_back_as_it_was()
    {
        WriteStore();
        for (var time = 0; time < 2; time++)
        {
            var import = await server.CairnAsync("import", "mlruns", _scratch["mlruns"]);
            // Version 2 had been deleted there, which is told once.
            import.Code.ShouldBe(time == 0 ? 1 : 0, import.Error);
            import.Error.Contains("Version 3 of model 'Bird Model' has number 2 here", StringComparison.Ordinal).ShouldBe(time == 0);
            import.Error.ShouldContain("Imported 2 runs of 1 experiments: 5 points");
            import.Error.ShouldContain(
                time == 0 ? "1 logged models and 2 registered versions" : "1 logged models and 0 registered versions"
            );
        }

        var run = (await GetAsync($"runs/get?run_id={Parent}"))["run"]!;
        ((string)run["info"]!["run_name"]!).ShouldBe("the parent");
        ((string)run["info"]!["user_id"]!).ShouldBe("ada");
        ((string)run["info"]!["status"]!).ShouldBe("KILLED");
        ((long)run["info"]!["start_time"]!).ShouldBe(1_700_000_000_001);
        ((long)run["info"]!["end_time"]!).ShouldBe(1_700_000_009_002);
        Pairs(run["data"]!["params"])
            .ShouldBe(new Dictionary<string, string> { ["lr"] = "0.10", ["optimizer"] = "adam" }, ignoreOrder: true);
        Pairs(run["data"]!["tags"]).ShouldContainKeyAndValue("mlflow.source.git.commit", "abc123");
        Pairs(run["data"]!["tags"]).ShouldContainKeyAndValue("mlflow.user", "ada");
        var history = (await GetAsync($"metrics/get-history?run_id={Parent}&metric_key=val%2Floss"))["metrics"]!.AsArray();
        history
            .Select(static point => ((long)point!["timestamp"]!, point["value"]!.ToString(), (long)point["step"]!))
            .ShouldBe([(1_700_000_000_000, "0.5", 1), (1_700_000_001_000, "0.25", 2), (1_700_000_002_000, "NaN", 3)]);

        var dataset = run["inputs"]!["dataset_inputs"]!.AsArray().ShouldHaveSingleItem()!;
        ((string)dataset["dataset"]!["name"]!).ShouldBe("penguins");
        ((string)dataset["dataset"]!["digest"]!).ShouldBe("8a1b2c3d");
        ((string)dataset["dataset"]!["source"]!).ShouldBe(
            """{"url": "https://example.com/a very long address that the writer of YAML has folded over lines"}"""
        );
        ((string)dataset["tags"]![0]!["value"]!).ShouldBe("training");
        ((string)run["outputs"]!["model_outputs"]![0]!["model_id"]!).ShouldBe(Model);
        ((long)run["outputs"]!["model_outputs"]![0]!["step"]!).ShouldBe(2);

        var child = (await GetAsync($"runs/get?run_id={Child}"))["run"]!;
        Pairs(child["data"]!["tags"])["mlflow.parentRunId"].ShouldBe(Parent);
        ((string)child["inputs"]!["model_inputs"]![0]!["model_id"]!).ShouldBe(Model);
        var experiment = (await GetAsync("experiments/get-by-name?experiment_name=Birds%20of%20Prey"))["experiment"]!;
        Pairs(experiment["tags"])["mlflow.note.content"].ShouldBe("about birds");

        (await GetAsync($"artifacts/list?run_id={Parent}&path=plots"))["files"]![0]!["path"]!.ToString().ShouldBe("plots/roc.txt");
        (await TextAsync($"/get-artifact?run_id={Parent}&path=plots/roc.txt")).ShouldBe("a plot");

        var model = (await GetAsync($"logged-models/{Model}"))["model"]!;
        ((string)model["info"]!["name"]!).ShouldBe("classifier");
        ((string)model["info"]!["status"]!).ShouldBe("LOGGED_MODEL_READY");
        ((string)model["info"]!["source_run_id"]!).ShouldBe(Parent);
        ((long)model["info"]!["creation_timestamp_ms"]!).ShouldBe(1_700_000_003_000);
        Pairs(model["data"]!["params"])["depth"].ShouldBe("3");
        Pairs(model["info"]!["tags"])["stage"].ShouldBe("try");
        var metric = model["data"]!["metrics"]!.AsArray().ShouldHaveSingleItem()!;
        ((string)metric["dataset_name"]!, (double)metric["value"]!, (string)metric["run_id"]!).ShouldBe(("penguins", 0.875, Parent));
        (await GetAsync($"logged-models/{Model}/artifacts/directories"))["files"]!
            .AsArray()
            .Select(static file => (string)file!["path"]!)
            .ShouldBe(["MLmodel"]);

        var registered = (await GetAsync("registered-models/get?name=Bird%20Model"))["registered_model"]!;
        ((string)registered["description"]!).ShouldBe("tells birds");
        registered["aliases"]!.ToJsonString().ShouldBe("""[{"alias":"champion","version":"2"}]""");
        var first = (await GetAsync("model-versions/get?name=Bird%20Model&version=1"))["model_version"]!;
        ((string)first["run_id"]!).ShouldBe(Parent);
        ((string)first["current_stage"]!).ShouldBe("Production");
        Pairs(first["tags"])["validated"].ShouldBe("yes");
        ((string)first["source"]!).ShouldBe($"{run["info"]!["artifact_uri"]}/model");
        var second = (await GetAsync("model-versions/get?name=Bird%20Model&version=2"))["model_version"]!;
        ((string)second["model_id"]!).ShouldBe(Model);
        (await TextAsync("/model-versions/get-artifact?name=Bird%20Model&version=2&path=MLmodel")).ShouldContain("flavors");
    }

    [Fact]
    public async Task a_run_that_was_deleted_here_is_not_brought_back()
    {
        const string id = "aaaabbbbccccddddaaaabbbbccccdddd";
        Write("other/7/meta.yaml", "experiment_id: '7'\nlifecycle_stage: active\nname: other birds\n");
        Write(
            $"other/7/{id}/meta.yaml",
            $"end_time: null\nlifecycle_stage: active\nrun_id: {id}\nrun_name: x\nstart_time: 1700000000000\nstatus: 3\nuser_id: ada\n"
        );
        (await server.CairnAsync("import", "mlruns", _scratch["other"])).ShouldWork();
        (await server.CairnAsync("runs", "delete", id)).ShouldWork();
        var again = await server.CairnAsync("import", "mlruns", _scratch["other"]);
        again.ShouldWork();
        again.Error.ShouldContain("Left alone 1");
        (await server.CairnAsync("runs", "describe", id, "--format", "value(lifecycleStage)")).ShouldWork().ShouldBe("deleted\n");
    }

    private void WriteStore()
    {
        Write(
            "mlruns/1/meta.yaml",
            "artifact_location: file:///home/ada/mlruns/1\ncreation_time: 1700000000000\nexperiment_id: '1'\nlifecycle_stage: active\nname: Birds of Prey\n"
        );
        Write("mlruns/1/tags/mlflow.note.content", "about birds");
        Run(Parent, "the parent", 5);
        Write($"mlruns/1/{Parent}/params/lr", "0.10");
        Write($"mlruns/1/{Parent}/params/optimizer", "adam");
        Write($"mlruns/1/{Parent}/tags/mlflow.source.git.commit", "abc123");
        Write($"mlruns/1/{Parent}/metrics/val/loss", "1700000000000 0.5 1\n1700000001000 0.25 2\n1700000002000 nan 3\n");
        Write($"mlruns/1/{Parent}/metrics/acc", "1700000002000 0.875 2 penguins 8a1b2c3d\n");
        Write($"mlruns/1/{Parent}/artifacts/plots/roc.txt", "a plot");
        Write($"mlruns/1/{Parent}/artifacts/model/MLmodel", "flavors:\n  python_function: {}\n");
        Write(
            "mlruns/1/datasets/d41d8cd9/meta.yaml",
            "digest: 8a1b2c3d\nname: penguins\nprofile: null\nschema: '{\"mlflow_colspec\": []}'\nsource: '{\"url\": \"https://example.com/a very long address that the writer of YAML\n  has folded over lines\"}'\nsource_type: http\n"
        );
        Write(
            $"mlruns/1/{Parent}/inputs/11aa/meta.yaml",
            $"destination_id: {Parent}\ndestination_type: RUN\nsource_id: d41d8cd9\nsource_type: DATASET\ntags:\n  mlflow.data.context: training\n"
        );
        Write(
            $"mlruns/1/{Parent}/outputs/{Model}/meta.yaml",
            $"destination_id: {Model}\ndestination_type: MODEL_OUTPUT\nsource_id: {Parent}\nsource_type: RUN_OUTPUT\nstep: 2\ntags: {{}}\n"
        );
        Run(Child, "the child", 3);
        Write($"mlruns/1/{Child}/tags/mlflow.parentRunId", Parent);
        Write($"mlruns/1/{Child}/metrics/acc", "1700000004000 1.0 0\n");
        Write(
            $"mlruns/1/{Child}/inputs/22bb/meta.yaml",
            $"destination_id: {Model}\ndestination_type: MODEL_INPUT\nsource_id: {Child}\nsource_type: RUN_INPUT\ntags: {{}}\n"
        );
        Write(
            $"mlruns/1/models/{Model}/meta.yaml",
            $"artifact_location: file:///home/ada/mlruns/1/models/{Model}/artifacts\ncreation_timestamp: 1700000003000\nexperiment_id: '1'\nlast_updated_timestamp: 1700000003500\nmodel_id: {Model}\nmodel_type: ''\nname: classifier\nsource_run_id: {Parent}\nstatus: 2\nstatus_message: null\n"
        );
        Write($"mlruns/1/models/{Model}/params/depth", "3");
        Write($"mlruns/1/models/{Model}/tags/stage", "try");
        Write($"mlruns/1/models/{Model}/metrics/acc", $"1700000002000 0.875 2 {Parent} penguins 8a1b2c3d\n");
        Write($"mlruns/1/models/{Model}/artifacts/MLmodel", "flavors:\n  sklearn: {}\n");
        Write(
            "mlruns/models/Bird Model/meta.yaml",
            "aliases: {}\ncreation_timestamp: 1700000005000\ndescription: tells birds\nlast_updated_timestamp: 1700000005000\nlatest_versions: []\nname: Bird Model\n"
        );
        Write("mlruns/models/Bird Model/aliases/champion", "3");
        Write(
            "mlruns/models/Bird Model/version-1/meta.yaml",
            $"aliases: []\ncurrent_stage: Production\ndescription: ''\nname: Bird Model\nrun_id: {Parent}\nrun_link: ''\nsource: file:///home/ada/mlruns/1/{Parent}/artifacts/model\nstatus: READY\nstorage_location: file:///home/ada/mlruns/1/{Parent}/artifacts/model\nuser_id: null\nversion: 1\n"
        );
        Write("mlruns/models/Bird Model/version-1/tags/validated", "yes");
        Write(
            "mlruns/models/Bird Model/version-3/meta.yaml",
            $"aliases: []\ncurrent_stage: None\ndescription: the third\nname: Bird Model\nrun_id: {Parent}\nsource: models:/{Model}\nstorage_location: file:///home/ada/mlruns/1/models/{Model}/artifacts\nversion: 3\n"
        );
    }

    private void Run(string id, string name, int status)
    {
        Write(
            $"mlruns/1/{id}/meta.yaml",
            $"artifact_uri: file:///home/ada/mlruns/1/{id}/artifacts\nend_time: 1700000009002\nentry_point_name: ''\nexperiment_id: '1'\nlifecycle_stage: active\nrun_id: {id}\nrun_name: {name}\nrun_uuid: {id}\nsource_name: ''\nsource_type: 4\nstart_time: 1700000000001\nstatus: {status}\ntags: []\nuser_id: ada\n"
        );
        Write($"mlruns/1/{id}/tags/mlflow.runName", name);
        Write($"mlruns/1/{id}/tags/mlflow.user", "ada");
    }

    private void Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_scratch[name])!);
        File.WriteAllText(_scratch[name], text);
    }

    private static Dictionary<string, string> Pairs(JsonNode? list) =>
        list!.AsArray().ToDictionary(static pair => (string)pair!["key"]!, static pair => (string)pair!["value"]!);

    private async Task<JsonNode> GetAsync(string path) => JsonNode.Parse(await TextAsync($"/api/2.0/mlflow/{path}"))!;

    private async Task<string> TextAsync(string path)
    {
        using var http = new HttpClient { BaseAddress = new Uri(server.Process.Http) };
        using var response = await http.GetAsync(path);
        var text = await response.Content.ReadAsStringAsync();
        response.IsSuccessStatusCode.ShouldBeTrue($"{path}: {text}");
        return text;
    }
}
