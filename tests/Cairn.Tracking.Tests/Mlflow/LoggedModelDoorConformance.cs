using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Cairn.Tracking.Tests.Mlflow;

/// <summary>
/// Logged models as clients of MLflow 3 use them, on a real server: each request is one that the Python client's REST store sends.
/// </summary>
public abstract class LoggedModelDoorConformance(MlflowServer server) : MlflowTests(server)
{
    [Fact]
    public async Task log_model_makes_a_model_puts_its_files_ties_it_to_the_run_and_finishes_it()
    {
        var experiment = await NewExperiment();
        var run = await NewRun(experiment);
        var model = await Create(
            experiment,
            new
            {
                experiment_id = experiment,
                name = "classifier",
                model_type = "tree",
                source_run_id = run,
                @params = new[] { new { key = "max_depth", value = "3" } },
                tags = new[] { new { key = "team", value = "a" } },
            }
        );
        var id = (string)model["info"]!["model_id"]!;
        id.ShouldMatch("^m-[0-9a-f]{32}$");
        ((string)model["info"]!["status"]!).ShouldBe("LOGGED_MODEL_PENDING");
        ((string)model["info"]!["artifact_uri"]!).ShouldBe($"mlflow-artifacts:/{experiment}/models/{id}/artifacts");
        await Put($"{experiment}/models/{id}/artifacts/MLmodel", "flavors: {}\n");
        await Put($"{experiment}/models/{id}/artifacts/data/model.pkl", "pickle");
        await Mlflow.Post("mlflow/runs/outputs", new { run_id = run, models = new[] { new { model_id = id, step = "2" } } });
        await Mlflow.Post(
            $"mlflow/logged-models/{id}/params",
            new { model_id = id, @params = new[] { new { key = "criterion", value = "gini" } } }
        );
        await Patch($"mlflow/logged-models/{id}/tags", new { tags = new[] { new { key = "mlflow.modelVersions", value = "[]" } } });
        var ready = await Patch($"mlflow/logged-models/{id}", new { model_id = id, status = "LOGGED_MODEL_READY" });
        ((string)ready["model"]!["info"]!["status"]!).ShouldBe("LOGGED_MODEL_READY");

        model = (await Mlflow.Get($"mlflow/logged-models/{id}"))["model"]!;
        var info = model["info"]!;
        ((string)info["experiment_id"]!, (string)info["name"]!, (string)info["model_type"]!, (string)info["source_run_id"]!).ShouldBe(
            (experiment, "classifier", "tree", run)
        );
        ((long)info["last_updated_timestamp_ms"]!).ShouldBeGreaterThanOrEqualTo((long)info["creation_timestamp_ms"]!);
        info["tags"]!.ToJsonString().ShouldBe("""[{"key":"mlflow.modelVersions","value":"[]"},{"key":"team","value":"a"}]""");
        model["data"]!
            .ToJsonString()
            .ShouldBe("""{"params":[{"key":"criterion","value":"gini"},{"key":"max_depth","value":"3"}],"metrics":[]}""");
        (await Mlflow.Get("mlflow/runs/get", ("run_id", run)))["run"]!["outputs"]!
            .ToJsonString()
            .ShouldBe($$"""{"model_outputs":[{"model_id":"{{id}}","step":2}]}""");
        (await Mlflow.Post("mlflow/runs/search", new { experiment_ids = new[] { experiment } }))["runs"]![0]!["outputs"]!["model_outputs"]!
            .AsArray()
            .Count.ShouldBe(1);

        var listed = await Mlflow.Get($"mlflow/logged-models/{id}/artifacts/directories");
        ((string)listed["root_uri"]!).ShouldBe((string)info["artifact_uri"]!);
        listed["files"]!.ToJsonString().ShouldBe("""[{"path":"MLmodel","is_dir":false,"file_size":12},{"path":"data","is_dir":true}]""");
        (await Mlflow.Get($"mlflow/logged-models/{id}/artifacts/directories", ("artifact_directory_path", "data")))["files"]![0]!["path"]!
            .ToString()
            .ShouldBe("data/model.pkl");
        (await Text($"mlflow/logged-models/{id}/artifacts/files?artifact_file_path=data/model.pkl")).ShouldBe("pickle");
        (await Text($"mlflow-artifacts/artifacts/{experiment}/models/{id}/artifacts/data/model.pkl")).ShouldBe("pickle");
    }

    [Fact]
    public async Task metrics_that_name_a_model_are_the_runs_and_the_models()
    {
        var experiment = await NewExperiment();
        var run = await NewRun(experiment);
        var id = (string)(await Create(experiment))["info"]!["model_id"]!;
        await Mlflow.Post(
            "mlflow/runs/log-metric",
            new
            {
                run_id = run,
                run_uuid = run,
                key = "acc",
                value = 0.5,
                timestamp = 1_700_000_000_000,
                step = 1,
                model_id = id,
                dataset_name = "test",
                dataset_digest = "abc",
            }
        );
        var batch = new
        {
            run_id = run,
            metrics = new object[]
            {
                new
                {
                    key = "acc",
                    value = 0.7,
                    timestamp = 1_700_000_000_001,
                    step = 2,
                    model_id = id,
                    dataset_name = "test",
                    dataset_digest = "abc",
                },
                new
                {
                    key = "loss",
                    value = 1.5,
                    timestamp = 1_700_000_000_002,
                    step = 0,
                    model_id = id,
                },
                new
                {
                    key = "other",
                    value = 9.0,
                    timestamp = 1_700_000_000_002,
                    step = 0,
                },
            },
        };
        await Mlflow.Post("mlflow/runs/log-batch", batch);
        await Mlflow.Post("mlflow/runs/log-batch", batch);
        (await Mlflow.Get($"mlflow/logged-models/{id}"))["model"]!["data"]!["metrics"]!
            .ToJsonString()
            .ShouldBe(
                $$"""[{"key":"acc","value":0.7,"timestamp":1700000000001,"step":2,"dataset_name":"test","dataset_digest":"abc","model_id":"{{id}}","run_id":"{{run}}"},"""
                    + $$"""{"key":"loss","value":1.5,"timestamp":1700000000002,"step":0,"model_id":"{{id}}","run_id":"{{run}}"}]"""
            );
        (await Mlflow.Get("mlflow/metrics/get-history", ("run_id", run), ("metric_key", "acc")))["metrics"]!.AsArray().Count.ShouldBe(2);

        var refused = await Mlflow.Refused(
            HttpMethod.Post,
            "mlflow/runs/log-batch",
            new
            {
                run_id = run,
                metrics = new[]
                {
                    new
                    {
                        key = "lost",
                        value = 1.0,
                        timestamp = 1,
                        step = 0,
                        model_id = "m-none",
                    },
                },
            }
        );
        (refused.Status, refused.Code, refused.Message).ShouldBe(
            (HttpStatusCode.NotFound, "RESOURCE_DOES_NOT_EXIST", "Logged model with ID 'm-none' not found.")
        );
        (await Mlflow.Get("mlflow/metrics/get-history", ("run_id", run), ("metric_key", "lost")))["metrics"]!.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task a_search_takes_filter_order_datasets_and_pages_as_the_client_writes_them()
    {
        var experiment = await NewExperiment();
        var run = await NewRun(experiment);
        for (var i = 0; i < 5; i++)
        {
            var id = (string)
                (
                    await Create(
                        experiment,
                        new
                        {
                            experiment_id = experiment,
                            name = $"n{i}",
                            @params = new[] { new { key = "alpha", value = $"{i}" } },
                        }
                    )
                )["info"]!["model_id"]!;
            await Mlflow.Post(
                "mlflow/runs/log-metric",
                new
                {
                    run_id = run,
                    key = "acc",
                    value = i * 0.1,
                    timestamp = 1,
                    step = 0,
                    model_id = id,
                    dataset_name = "test",
                    dataset_digest = "abc",
                }
            );
        }

        var names = new List<string>();
        string? token = null;
        do
        {
            var page = await Mlflow.Post(
                "mlflow/logged-models/search",
                new
                {
                    experiment_ids = new[] { experiment },
                    filter = "metrics.acc > 0.05 AND params.alpha != '4'",
                    datasets = new[] { new { dataset_name = "test", dataset_digest = "abc" } },
                    max_results = 2,
                    order_by = new[]
                    {
                        new
                        {
                            field_name = "metrics.acc",
                            ascending = false,
                            dataset_name = "test",
                            dataset_digest = "abc",
                        },
                    },
                    page_token = token,
                }
            );
            names.AddRange(page["models"]!.AsArray().Select(static model => (string)model!["info"]!["name"]!));
            token = (string?)page["next_page_token"];
        } while (token is not null);
        names.ShouldBe(["n3", "n2", "n1"]);
        (await Mlflow.Post("mlflow/logged-models/search", new { experiment_ids = new[] { experiment } }))["models"]!
            .AsArray()
            .Select(static model => (string)model!["info"]!["name"]!)
            .ShouldBe(["n4", "n3", "n2", "n1", "n0"]);
    }

    [Fact]
    public async Task a_run_that_used_a_model_says_so_and_a_deleted_model_is_gone_from_sight()
    {
        var experiment = await NewExperiment();
        var run = await NewRun(experiment);
        var id = (string)(await Create(experiment))["info"]!["model_id"]!;
        await Mlflow.Post("mlflow/runs/log-inputs", new { run_id = run, models = new[] { new { model_id = id } } });
        (await Mlflow.Get("mlflow/runs/get", ("run_id", run)))["run"]!["inputs"]!["model_inputs"]!
            .ToJsonString()
            .ShouldBe($$"""[{"model_id":"{{id}}"}]""");
        await Patch($"mlflow/logged-models/{id}/tags", new { tags = new[] { new { key = "a", value = "1" } } });
        await Delete($"mlflow/logged-models/{id}/tags/a", null);
        (await Mlflow.Refused(HttpMethod.Delete, $"mlflow/logged-models/{id}/tags/a", null)).Code.ShouldBe("RESOURCE_DOES_NOT_EXIST");
        await Delete($"mlflow/logged-models/{id}", new { model_id = id });
        await Delete($"mlflow/logged-models/{id}", new { model_id = id });
        (await Mlflow.Refused(HttpMethod.Get, $"mlflow/logged-models/{id}", null)).ShouldBe(
            (HttpStatusCode.NotFound, "RESOURCE_DOES_NOT_EXIST", $"Logged model with ID '{id}' not found.")
        );
        ((string)(await Mlflow.Get($"mlflow/logged-models/{id}", ("allow_deleted", "true")))["model"]!["info"]!["model_id"]!).ShouldBe(id);
        (await Mlflow.Get("mlflow/runs/get", ("run_id", run)))["run"]!["inputs"]!["model_inputs"]!.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task twenty_clients_measure_one_model_and_the_latest_step_stands()
    {
        var experiment = await NewExperiment();
        var run = await NewRun(experiment);
        var id = (string)(await Create(experiment))["info"]!["model_id"]!;
        await Parallel.ForEachAsync(
            Enumerable.Range(0, 20),
            new ParallelOptions { MaxDegreeOfParallelism = 20 },
            async (client, _) =>
            {
                using var own = new MlflowClient(Server.Http);
                for (var i = 0; i < 5; i++)
                {
                    var step = (i * 20) + client;
                    await own.Post(
                        "mlflow/runs/log-batch",
                        new
                        {
                            run_id = run,
                            metrics = new[]
                            {
                                new
                                {
                                    key = "acc",
                                    value = step * 0.5,
                                    timestamp = 1,
                                    step,
                                    model_id = id,
                                },
                            },
                        }
                    );
                }
            }
        );
        var metrics = (await Mlflow.Get($"mlflow/logged-models/{id}"))["model"]!["data"]!["metrics"]!.AsArray();
        metrics.Count.ShouldBe(1);
        ((long)metrics[0]!["step"]!, (double)metrics[0]!["value"]!).ShouldBe((99, 49.5));
        (await Mlflow.Get("mlflow/metrics/get-history", ("run_id", run), ("metric_key", "acc")))["metrics"]!.AsArray().Count.ShouldBe(100);
    }

    private async Task<JsonNode> Create(string experiment, object? body = null) =>
        (await Mlflow.Post("mlflow/logged-models", body ?? new { experiment_id = experiment, name = "m" }))["model"]!;

    private Task<JsonNode> Patch(string path, object body) => Read(HttpMethod.Patch, path, JsonOf(body));

    private Task<JsonNode> Delete(string path, object? body) => Read(HttpMethod.Delete, path, body is null ? null : JsonOf(body));

    private static StringContent JsonOf(object body) =>
        new(System.Text.Json.JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");

    private async Task<JsonNode> Read(HttpMethod method, string path, HttpContent? content)
    {
        using var response = await Mlflow.Send(method, path, content);
        var text = await response.Content.ReadAsStringAsync();
        response.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        return JsonNode.Parse(text)!;
    }

    private async Task<string> Text(string path)
    {
        using var response = await Mlflow.Send(HttpMethod.Get, path, null);
        var text = await response.Content.ReadAsStringAsync();
        response.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        return text;
    }

    private async Task Put(string path, string content)
    {
        using var response = await Mlflow.Send(HttpMethod.Put, $"mlflow-artifacts/artifacts/{path}", new StringContent(content));
        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync());
    }
}

public sealed class LoggedModelDoorOnSqlite(SqliteMlflowServer server)
    : LoggedModelDoorConformance(server),
        IClassFixture<SqliteMlflowServer>;

public sealed class LoggedModelDoorOnPostgreSql(PostgresMlflowServer server)
    : LoggedModelDoorConformance(server),
        IClassFixture<PostgresMlflowServer>;
