using System.Diagnostics;
using System.Text.Json.Nodes;
using Cairn.Testing;

namespace Cairn.Cli.Tests;

public sealed class RunTests(OpenServer server) : IClassFixture<OpenServer>, IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task experiments_are_made_found_renamed_deleted_and_restored()
    {
        var made = await server.CairnAsync("experiments", "create", "first birds", "--tags", "team=a", "--format", "value(experimentId)");
        var id = made.ShouldWork().Trim();
        (await server.CairnAsync("experiments", "create", "first birds")).ShouldFail("ALREADY_EXISTS", "first birds");
        (await server.CairnAsync("experiments", "rename", "first birds", "birds of prey")).ShouldWork();
        (await server.CairnAsync("experiments", "describe", id, "--format", "value(name,tags.team)"))
            .ShouldWork()
            .ShouldBe("birds of prey\ta\n");
        (await server.CairnAsync("experiments", "list", "--filter", "tags.team = 'a'", "--format", "value(experimentId)"))
            .ShouldWork()
            .ShouldBe(id + "\n");
        (await server.CairnAsync("experiments", "delete", "birds of prey")).ShouldWork();
        (await server.CairnAsync("experiments", "list", "--format", "value(experimentId)")).ShouldWork().Split('\n').ShouldNotContain(id);
        (await server.CairnAsync("experiments", "list", "--deleted", "--format", "value(name)"))
            .ShouldWork()
            .ShouldContain("birds of prey");
        (await server.CairnAsync("experiments", "restore", id)).ShouldWork();
        (await server.CairnAsync("experiments", "describe", "no such birds")).ShouldFail("There is no experiment 'no such birds'");
    }

    [Fact]
    public async Task runs_are_listed_described_compared_deleted_and_restored()
    {
        var experiment = await CreateAsync("compared");
        var one = await RunAsync(experiment, "one", ("lr", "0.1"), ("depth", "3"), ("loss", 0.5));
        var two = await RunAsync(experiment, "two", ("lr", "0.2"), ("depth", "3"), ("loss", 0.25));

        (
            await server.CairnAsync(
                "runs",
                "list",
                "--experiment",
                "compared",
                "--order-by",
                "metrics.loss ASC",
                "--columns",
                "metrics.loss,tags.mlflow.runName"
            )
        )
            .ShouldWork()
            .ShouldMatch(
                @"^ID +NAME +EXPERIMENT +STATUS.* metrics\.loss +tags\.mlflow\.runName\n.* two +compared .* 0\.25 +two\n.* one +compared .* 0\.5 +one\n$"
            );
        (await server.CairnAsync("runs", "list", "--filter", "metrics.loss < 0.3 AND params.lr = '0.2'", "--format", "value(runId)"))
            .ShouldWork()
            .ShouldBe(two + "\n");
        (await server.CairnAsync("runs", "list", "--experiment", "compared", "--limit", "1", "--format", "value(name)"))
            .ShouldWork()
            .ShouldBe("two\n");
        (await server.CairnAsync("runs", "describe", "compared/one", "--format", "value(runId,params.lr,metrics.loss)"))
            .ShouldWork()
            .ShouldBe($"{one}\t0.1\t0.5\n");
        (await server.CairnAsync("runs", "describe", "compared/three")).ShouldFail("has no run 'three'");
        (await server.CairnAsync("runs", "describe", "three")).Code.ShouldBe(2);

        var compared = (await server.CairnAsync("runs", "compare", one, "compared/two")).ShouldWork();
        compared.ShouldContain($"one ({one[..8]})");
        compared.ShouldMatch(@"param +depth +3 +3\n");
        var different = (await server.CairnAsync("runs", "compare", one, two, "--only-differences")).ShouldWork();
        different.ShouldMatch(@"param +lr +0\.1 +0\.2\n");
        different.ShouldMatch(@"metric +loss +0\.5 +0\.25\n");
        different.ShouldNotContain("depth");
        (await server.CairnAsync("runs", "compare", one)).Code.ShouldBe(2);

        (await server.CairnAsync("runs", "delete", one, "compared/two")).ShouldWork();
        (await server.CairnAsync("runs", "list", "--experiment", "compared", "--format", "value(runId)")).ShouldWork().ShouldBeEmpty();
        (await server.CairnAsync("runs", "list", "--experiment", "compared", "--deleted", "--format", "value(runId)"))
            .ShouldWork()
            .ShouldContain(one);
        (await server.CairnAsync("runs", "restore", one)).ShouldWork();
        (await server.CairnAsync("runs", "list", "--experiment", "compared", "--format", "value(runId)")).ShouldWork().ShouldBe(one + "\n");
    }

    [Fact]
    public async Task runs_are_moved_with_what_they_logged_all_or_none()
    {
        var (from, to) = (await CreateAsync("moved from"), await CreateAsync("moved to"));
        var run = await RunAsync(from, "mover", ("lr", "0.1"), ("depth", "3"), ("loss", 0.5));
        (await server.CairnAsync("runs", "move", run, "--to", "moved to")).ShouldWork();
        (
            await server.CairnAsync(
                "runs",
                "list",
                "--experiment",
                "moved to",
                "--filter",
                "metrics.loss < 1",
                "--format",
                "value(runId,experimentId)"
            )
        )
            .ShouldWork()
            .ShouldBe($"{run}\t{to}\n");
        (await server.CairnAsync("runs", "list", "--experiment", "moved from", "--format", "value(runId)")).ShouldWork().ShouldBeEmpty();
        (await server.CairnAsync("experiments", "delete", "moved from")).ShouldWork();
        (await server.CairnAsync("runs", "move", run, "--to", from)).ShouldFail("FAILED_PRECONDITION", "moved from");
    }

    [Fact]
    public async Task gc_removes_for_good_what_was_deleted_and_says_first_what_it_would_be()
    {
        var experiment = await CreateAsync("collected");
        var gone = await RunAsync(experiment, "gone", ("lr", "0.1"), ("depth", "3"), ("loss", 0.5));
        var stays = await RunAsync(experiment, "stays", ("lr", "0.1"), ("depth", "3"), ("loss", 0.5));
        (await server.CairnAsync("runs", "delete", gone)).ShouldWork();
        (await server.CairnAsync("gc")).Code.ShouldBe(2);
        (await server.CairnAsync("gc", "--older-than", "1h", "--format", "value(id)")).ShouldWork().ShouldNotContain(gone);
        var dry = await server.CairnAsync("gc", "--older-than", "0s", "--dry-run", "--format", "value(id)");
        dry.ShouldWork().ShouldContain(gone);
        dry.Error.ShouldContain("Would remove");
        (await server.CairnAsync("runs", "describe", gone, "--format", "value(lifecycleStage)")).ShouldWork().ShouldBe("deleted\n");
        (await server.CairnAsync("gc", "--older-than", "0s", "--format", "value(kind,id)")).ShouldWork().ShouldContain($"run\t{gone}");
        (await server.CairnAsync("runs", "describe", gone)).ShouldFail("NOT_FOUND", gone);
        (await server.CairnAsync("runs", "describe", stays)).ShouldWork();
    }

    [Fact]
    public async Task a_program_is_run_again_from_its_commit_with_what_had_not_been_committed()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/python3"), "Python is not installed.");
        Directory.CreateDirectory(_scratch["repo/src"]);
        await File.WriteAllTextAsync(
            _scratch["repo/src/train.py"],
            """
            import json, os, sys, urllib.request
            from helper import ANSWER
            def post(path, body):
                r = urllib.request.Request(os.environ["MLFLOW_TRACKING_URI"] + "/api/2.0/mlflow/" + path, json.dumps(body).encode(), {"Content-Type": "application/json"})
                urllib.request.urlopen(r).read()
            run = os.environ["MLFLOW_RUN_ID"]
            post("runs/log-parameter", {"run_id": run, "key": "argument", "value": sys.argv[1]})
            post("runs/log-metric", {"run_id": run, "key": "answer", "value": ANSWER, "timestamp": 1})

            """
        );
        await File.WriteAllTextAsync(_scratch["repo/src/helper.py"], "ANSWER = 41\n");
        await GitAsync("init", "--quiet");
        await GitAsync("add", ".");
        await GitAsync("-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "-m", "one");
        var commit = (await GitAsync("rev-parse", "HEAD")).Trim();
        await File.WriteAllTextAsync(_scratch["repo/src/helper.py"], "ANSWER = 42\n");
        var diff = await GitAsync("diff");
        // What the working folder has become since does not matter.
        await File.WriteAllTextAsync(_scratch["repo/src/helper.py"], "ANSWER = 43\n");

        var experiment = await CreateAsync("reproduced");
        var run = await RunAsync(experiment, "original", ("argument", "x"), ("depth", "3"), ("answer", 42));
        foreach (
            var (key, value) in ((string, string)[])
                [
                    ("mlflow.source.type", "LOCAL"),
                    ("mlflow.source.name", "/home/ada/project/src/train.py"),
                    ("mlflow.source.git.commit", commit),
                    ("mlflow.source.git.diff", diff),
                ]
        )
        {
            await PostAsync(
                "runs/set-tag",
                new JsonObject
                {
                    ["run_id"] = run,
                    ["key"] = key,
                    ["value"] = value,
                }
            );
        }

        await PostAsync(
            "runs/log-inputs",
            JsonNode
                .Parse(
                    $$$"""{"run_id": "{{{run}}}", "datasets": [{"dataset": {"name": "penguins", "digest": "abc", "source_type": "local", "source": "{}"}}]}"""
                )!
                .AsObject()
        );
        var recipe = JsonNode.Parse((await server.CairnAsync("runs", "reproduce", run, "--format", "json")).ShouldWork())!;
        ((string)recipe["source"]!["commit"]!).ShouldBe(commit);
        ((string)recipe["source"]!["diff"]!).ShouldContain("+ANSWER = 42");
        ((string)recipe["data"]![0]!["digest"]!).ShouldBe("abc");
        ((string)recipe["command"]!["program"]!).ShouldEndWith("train.py");
        recipe["missing"]!.ToJsonString().ShouldContain("No environment");

        var executed = await ProgramRun.OfAsync(
            server.Process,
            ["runs", "reproduce", run, "--execute", "--python", "/usr/bin/python3", "--format", "value(runId,exitCode)", "--", "given"],
            workingDirectory: _scratch["repo"]
        );
        var again = executed.ShouldWork().Split('\t');
        again[1].ShouldBe("0\n");
        (
            await server.CairnAsync(
                "runs",
                "describe",
                again[0],
                "--format",
                "value(status,params.argument,metrics.answer,tags.cairn.reproduces)"
            )
        )
            .ShouldWork()
            .ShouldBe($"FINISHED\tgiven\t42\t{run}\n");
        (await GitAsync("worktree", "list")).TrimEnd().Split('\n').Length.ShouldBe(1);

        (await server.CairnAsync("runs", "reproduce", run, "--execute", "--repository", _scratch["nothing"])).ShouldFail(
            "has no commit",
            "--repository"
        );
    }

    [Fact]
    public async Task a_job_is_submitted_again_as_a_new_run()
    {
        Assert.SkipUnless(Directory.Exists("/usr/lib/python3/dist-packages/sklearn"), "Debian's python3-sklearn is not installed.");
        const string image = "us-docker.pkg.dev/vertex-ai/training/sklearn-cpu.1-0:latest";
        (await server.CairnAsync("storage", "mb", "gs://again")).ShouldWork();
        var job = (
            await server.CairnAsync(
                "custom-jobs",
                "create",
                "--display-name=trainer",
                $"--worker-pool-spec=container-image-uri={image}",
                "--command=echo",
                "--args=hello,world",
                "--base-output-directory=gs://again/out",
                "--format",
                "value(name)"
            )
        )
            .ShouldWork()
            .Trim();
        var run = (await server.CairnAsync("runs", "list", "--filter", $"tags.`mlflow.source.name` = '{job}'", "--format", "value(runId)"))
            .ShouldWork()
            .Trim();

        var recipe = JsonNode.Parse((await server.CairnAsync("runs", "reproduce", run, "--format", "json")).ShouldWork())!;
        ((string)recipe["environment"]!["image"]!).ShouldBe(image);
        recipe["command"]!["workerPoolSpecs"]![0]!["containerSpec"]!["args"]!.ToJsonString().ShouldBe("""["hello","world"]""");

        var executed = (await server.CairnAsync("runs", "reproduce", run, "--execute", "--format", "value(runId,job,output)"))
            .ShouldWork()
            .Trim()
            .Split('\t');
        executed[0].ShouldNotBe(run);
        executed[2].ShouldStartWith("gs://again/out-reproduced-");
        (await server.CairnAsync("runs", "describe", executed[0], "--format", "value(tags.cairn.reproduces,experiment)"))
            .ShouldWork()
            .ShouldBe($"{run}\tCustom jobs\n");
        await Poll.UntilAsync(
            async () =>
                (await server.CairnAsync("runs", "describe", executed[0], "--format", "value(status)")).ShouldWork().Trim() == "FINISHED",
            "the job to be run again"
        );
        (await server.CairnAsync("custom-jobs", "describe", executed[1], "--format", "value(labels.cairn-reproduces)"))
            .ShouldWork()
            .Trim()
            .ShouldBe(run);
    }

    private async Task<string> CreateAsync(string name) =>
        (string)(await PostAsync("experiments/create", new JsonObject { ["name"] = name }))["experiment_id"]!;

    private async Task<string> RunAsync(
        string experiment,
        string name,
        (string, string) first,
        (string, string) second,
        (string Key, double Value) metric
    )
    {
        var id = (string)
            (await PostAsync("runs/create", new JsonObject { ["experiment_id"] = experiment, ["run_name"] = name }))["run"]!["info"]![
                "run_id"
            ]!;
        await PostAsync(
            "runs/log-batch",
            new JsonObject
            {
                ["run_id"] = id,
                ["params"] = new JsonArray(Pair(first), Pair(second)),
                ["metrics"] = new JsonArray(
                    new JsonObject
                    {
                        ["key"] = metric.Key,
                        ["value"] = metric.Value,
                        ["timestamp"] = 1,
                        ["step"] = 0,
                    }
                ),
            }
        );
        return id;
    }

    private static JsonObject Pair((string Key, string Value) pair) => new() { ["key"] = pair.Key, ["value"] = pair.Value };

    private async Task<string> GitAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("git", arguments) { WorkingDirectory = _scratch["repo"], RedirectStandardOutput = true };
        using var git = Process.Start(start)!;
        var output = await git.StandardOutput.ReadToEndAsync();
        await git.WaitForExitAsync();
        git.ExitCode.ShouldBe(0, string.Join(' ', arguments));
        return output;
    }

    private async Task<JsonNode> PostAsync(string path, JsonObject body)
    {
        using var http = new HttpClient { BaseAddress = new Uri(server.Process.Http) };
        using var content = new StringContent(body.ToJsonString(), System.Text.Encoding.UTF8, "application/json");
        using var response = await http.PostAsync($"/api/2.0/mlflow/{path}", content);
        var text = await response.Content.ReadAsStringAsync();
        response.IsSuccessStatusCode.ShouldBeTrue(text);
        return JsonNode.Parse(text)!;
    }
}
