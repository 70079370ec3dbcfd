using System.Text.Json.Nodes;
using Cairn.Testing;

namespace Cairn.Cli.Tests.Bugs;

/// <summary>Stores of other tools that ended an import in the middle, or lost something on the way.</summary>
public sealed class ImportBugs(OpenServer server) : IClassFixture<OpenServer>, IDisposable
{
    private const string First = "11111111111111111111111111111111";
    private const string Second = "22222222222222222222222222222222";
    private const string Third = "33333333333333333333333333333333";

    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task what_cannot_be_brought_is_told_and_everything_else_is_there()
    {
        var name = new string('n', 200);
        Experiment("odd/9", "odd things");
        Write("odd/9/tags/too long", new string('t', 5_001));
        Run("odd/9", First, tags: ("mlflow.parentRunId", First));
        Run("odd/9", Second, tags: ("mlflow.parentRunId", Third));
        Run("odd/9", Third, tags: ("mlflow.parentRunId", Second));
        Write($"odd/9/{Third}/tags/empty", "");
        Write($"odd/9/{Third}/params/long", new string('p', 6_001));
        Write($"odd/9/{Third}/artifacts/model/MLmodel", "flavors: {}");
        Write("odd/9/44444444444444444444444444444444/meta.yaml", "run_id: [no\n");
        Model("odd/models/mod", "mod", (1, Third, "Production"), (3, Third, "None"));
        Write("odd/models/mod/aliases/Champion", "3");
        Write("odd/models/mod/aliases/prod_v2", "1");
        Write("odd/models/mod/aliases/v3", "3");
        Model($"odd/models/{name}", name, (1, Third, "Staging"));
        Model("odd/models/gone", "gone", (1, new string('f', 32), "None"));
        Write("odd/models/gone/version-1/meta.yaml", "name: gone\nversion: 1\ncurrent_stage: None\nsource: file:///nowhere/model\n");

        var import = await server.CairnAsync("import", "mlruns", _scratch["odd"]);
        import.Code.ShouldBe(1);
        import.Error.ShouldContain("Imported 3 runs of 1 experiments");
        foreach (
            var told in (string[])
                [
                    "tag 'too long'",
                    "44444444444444444444444444444444' could not be read",
                    $"'{First}' in '{First}'",
                    "parameter 'long' has 6001",
                    "alias 'v3'",
                    "Version 1 of model 'gone'",
                ]
        )
        {
            import.Error.ShouldContain(told);
        }

        import.Error.ShouldContain(" was passed over: ");
        (
            (string)
                (await GetAsync($"runs/get?run_id={Third}"))["run"]!["data"]!["tags"]!
                    .AsArray()
                    .Single(static tag => (string)tag!["key"]! == "empty")!["value"]!
        ).ShouldBe("");
        var model = (await GetAsync("registered-models/get?name=mod"))["registered_model"]!;
        model["aliases"]!
            .AsArray()
            .Select(static alias => ((string)alias!["alias"]!, (string)alias["version"]!))
            .ShouldBe([("Champion", "2"), ("prod_v2", "1")]);
        ((string)(await GetAsync($"model-versions/get?name={name}&version=1"))["model_version"]!["current_stage"]!).ShouldBe("Staging");
        (await server.CairnAsync("import", "mlruns", _scratch["odd"])).Error.ShouldNotContain(
            "has number 2 here",
            customMessage: "A second import registers nothing again."
        );
    }

    [Fact]
    public async Task steps_that_are_not_whole_are_told_and_their_values_kept()
    {
        Write(
            "halves/1/run.json",
            """{"experiment": {"name": "halves"}, "status": "COMPLETED", "start_time": "2026-01-01T12:00:00", "stop_time": "2026-01-01T12:01:00"}"""
        );
        Write(
            "halves/1/metrics.json",
            """
            {"loss": {"steps": [0, 0.5, 1.0, 9007199254740993], "values": [4, 3, 2, 1], "timestamps": []}, "whole": {"steps": [1, 2], "values": [1, 2], "timestamps": []}}
            """
        );

        var import = await server.CairnAsync("import", "sacred", _scratch["halves"]);
        import.Error.ShouldContain("'loss' has 1 steps that are no whole numbers, the first of them 0.5");
        import.Error.ShouldNotContain("'whole'");
        var run = JsonNode
            .Parse((await server.CairnAsync("runs", "list", "--experiment", "halves", "--format", "json")).Output)!
            .AsArray()
            .Single()!;
        var points = (await GetAsync($"metrics/get-history?run_id={(string)run["runId"]!}&metric_key=loss"))["metrics"]!.AsArray();
        points
            .Select(static point => ((long)point!["step"]!, (double)point["value"]!))
            .ShouldBe([(0L, 4.0), (0, 3), (1, 2), (9007199254740993, 1)], ignoreOrder: true);
    }

    [Fact]
    public async Task versions_of_two_stores_are_told_apart_by_their_runs()
    {
        var runs = new[] { "a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1", "b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2" };
        foreach (var (store, run) in ((string[])["s1", "s2"]).Zip(runs))
        {
            Experiment($"{store}/11", $"exp {store}");
            Run($"{store}/11", run);
            Write($"{store}/11/{run}/artifacts/model/MLmodel", $"flavors: {{}} # {store}");
            Model($"{store}/models/clf", "clf", (1, run, "Production"));
        }

        for (var time = 0; time < 2; time++)
        {
            (await server.CairnAsync("import", "mlruns", _scratch["s1"])).ShouldWork();
            (await server.CairnAsync("import", "mlruns", _scratch["s2"])).Code.ShouldBe(time == 0 ? 1 : 0);
        }

        var versions = (await GetAsync("model-versions/search?filter=name%3D%27clf%27"))["model_versions"]!.AsArray();
        versions
            .Select(static version => ((string)version!["version"]!, (string)version["run_id"]!))
            .ShouldBe([("1", runs[0]), ("2", runs[1])], ignoreOrder: true);
        (await TextAsync("/model-versions/get-artifact?name=clf&version=2&path=MLmodel")).ShouldContain("# s2");
    }

    [Fact]
    public async Task files_outside_of_the_store_are_told_and_brought_when_asked_for()
    {
        const string run = "c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3";
        const string remote = "d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4";
        Write("elsewhere/files/plot.txt", "a plot");
        Experiment("outside/5", "outside");
        Run("outside/5", run, address: $"file://{_scratch["elsewhere/files"]}");
        Run("outside/5", remote, address: $"s3://bucket/5/{remote}/artifacts");
        var told = await server.CairnAsync("import", "mlruns", _scratch["outside"]);
        told.Code.ShouldBe(1);
        told.Error.ShouldContain("s3://bucket/5");
        told.Error.ShouldContain("--with-outside-artifacts");
        (await GetAsync($"artifacts/list?run_id={run}"))["files"]!.AsArray().ShouldBeEmpty();
        (await server.CairnAsync("import", "mlruns", _scratch["outside"], "--with-outside-artifacts")).Error.ShouldNotContain(
            _scratch["elsewhere"]
        );
        (await TextAsync($"/get-artifact?run_id={run}&path=plot.txt")).ShouldBe("a plot");
        (await server.CairnAsync("import", "mlruns", _scratch["outside"], "--without-artifacts")).ShouldWork();
    }

    [Fact]
    public async Task a_folder_that_is_no_store_is_an_error()
    {
        Write("project/mlruns/0/meta.yaml", "name: Default\n");
        (await server.CairnAsync("import", "mlruns", _scratch["project"])).ShouldFail("It has a folder 'mlruns'");
        (await server.CairnAsync("import", "sacred", _scratch["project"])).ShouldFail("run.json");
    }

    [Fact]
    public async Task sacreds_tuples_are_lists_and_its_numbers_keep_their_digits()
    {
        Write("sacred/1/run.json", """{"experiment": {"name": "tuples"}, "status": "COMPLETED", "start_time": "2024-01-01T12:00:00"}""");
        Write(
            "sacred/1/config.json",
            """{"shape": {"py/tuple": [1, {"py/tuple": [2, 3]}]}, "big": 12345678901234567891, "lot": {"py/set": ["a"]}, "deep": {"x": {"py/tuple": []}}}"""
        );
        (await server.CairnAsync("import", "sacred", _scratch["sacred"])).ShouldWork();
        var experiment = (string)(await GetAsync("experiments/get-by-name?experiment_name=tuples"))["experiment"]!["experiment_id"]!;
        using var http = new HttpClient { BaseAddress = new Uri(server.Process.Http) };
        using var answer = await http.PostAsync(
            "/api/2.0/mlflow/runs/search",
            new StringContent($$"""{"experiment_ids":["{{experiment}}"]}""")
        );
        var run = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["runs"]![0]!;
        run["data"]!["params"]!
            .AsArray()
            .ToDictionary(static pair => (string)pair!["key"]!, static pair => (string)pair!["value"]!)
            .ShouldBe(
                new Dictionary<string, string>
                {
                    ["shape"] = "[1,[2,3]]",
                    ["big"] = "12345678901234567891",
                    ["lot"] = "[\"a\"]",
                    ["deep.x"] = "[]",
                },
                ignoreOrder: true
            );
    }

    private void Experiment(string path, string name) =>
        Write($"{path}/meta.yaml", $"experiment_id: '1'\nlifecycle_stage: active\nname: {name}\n");

    private void Run(string experiment, string id, (string Key, string Value)? tags = null, string? address = null)
    {
        Write(
            $"{experiment}/{id}/meta.yaml",
            $"artifact_uri: {address ?? $"file:///x/{experiment}/{id}/artifacts"}\nlifecycle_stage: active\nrun_id: {id}\nrun_name: run\nstart_time: 1700000000000\nstatus: 3\nuser_id: ada\n"
        );
        if (tags is { } tag)
        {
            Write($"{experiment}/{id}/tags/{tag.Key}", tag.Value);
        }
    }

    private void Model(string path, string name, params (int Number, string Run, string Stage)[] versions)
    {
        Write($"{path}/meta.yaml", $"creation_timestamp: 1690000000000\ndescription: null\nname: {name}\n");
        foreach (var (number, run, stage) in versions)
        {
            Write(
                $"{path}/version-{number}/meta.yaml",
                $"current_stage: {stage}\nname: {name}\nrun_id: {run}\nsource: file:///x/9/{run}/artifacts/model\nversion: {number}\n"
            );
        }
    }

    private void Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_scratch[name])!);
        File.WriteAllText(_scratch[name], text);
    }

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
