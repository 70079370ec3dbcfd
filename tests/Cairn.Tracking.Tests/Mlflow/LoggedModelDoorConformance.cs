using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Cairn.Tracking.Tests.Mlflow;

/// <summary>
/// Logged models as clients of MLflow 3 use them, on a real server: each request is one that the Python client's REST store sends.
/// </summary>
public abstract class LoggedModelDoorConformance(MlflowServer server) : IDisposable
{
    private readonly MlflowClient _mlflow = new(server.Process.Http);

    public void Dispose()
    {
        _mlflow.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task log_model_makes_a_model_puts_its_files_ties_it_to_the_run_and_finishes_it()
    {
        var (experiment, run) = await Run();
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
        await _mlflow.Post("mlflow/runs/outputs", new { run_id = run, models = new[] { new { model_id = id, step = "2" } } });
        await _mlflow.Post(
            $"mlflow/logged-models/{id}/params",
            new { model_id = id, @params = new[] { new { key = "criterion", value = "gini" } } }
        );
        await Patch($"mlflow/logged-models/{id}/tags", new { tags = new[] { new { key = "mlflow.modelVersions", value = "[]" } } });
        var ready = await Patch($"mlflow/logged-models/{id}", new { model_id = id, status = "LOGGED_MODEL_READY" });
        ((string)ready["model"]!["info"]!["status"]!).ShouldBe("LOGGED_MODEL_READY");

        model = (await _mlflow.Get($"mlflow/logged-models/{id}"))["model"]!;
        var info = model["info"]!;
        ((string)info["experiment_id"]!, (string)info["name"]!, (string)info["model_type"]!, (string)info["source_run_id"]!).ShouldBe(
            (experiment, "classifier", "tree", run)
        );
        ((long)info["last_updated_timestamp_ms"]!).ShouldBeGreaterThanOrEqualTo((long)info["creation_timestamp_ms"]!);
        info["tags"]!.ToJsonString().ShouldBe("""[{"key":"mlflow.modelVersions","value":"[]"},{"key":"team","value":"a"}]""");
        model["data"]!
            .ToJsonString()
            .ShouldBe("""{"params":[{"key":"criterion","value":"gini"},{"key":"max_depth","value":"3"}],"metrics":[]}""");
        (await _mlflow.Get("mlflow/runs/get", ("run_id", run)))["run"]!["outputs"]!
            .ToJsonString()
            .ShouldBe($$"""{"model_outputs":[{"model_id":"{{id}}","step":2}]}""");
        (await _mlflow.Post("mlflow/runs/search", new { experiment_ids = new[] { experiment } }))["runs"]![0]!["outputs"]!["model_outputs"]!
            .AsArray()
            .Count.ShouldBe(1);

        var listed = await _mlflow.Get($"mlflow/logged-models/{id}/artifacts/directories");
        ((string)listed["root_uri"]!).ShouldBe((string)info["artifact_uri"]!);
        listed["files"]!.ToJsonString().ShouldBe("""[{"path":"MLmodel","is_dir":false,"file_size":12},{"path":"data","is_dir":true}]""");
        (await _mlflow.Get($"mlflow/logged-models/{id}/artifacts/directories", ("artifact_directory_path", "data")))["files"]![0]!["path"]!
            .ToString()
            .ShouldBe("data/model.pkl");
        (await Text($"mlflow/logged-models/{id}/artifacts/files?artifact_file_path=data/model.pkl")).ShouldBe("pickle");
        (await Text($"mlflow-artifacts/artifacts/{experiment}/models/{id}/artifacts/data/model.pkl")).ShouldBe("pickle");
    }

    [Fact]
    public async Task metrics_that_name_a_model_are_the_runs_and_the_models()
    {
        var (experiment, run) = await Run();
        var id = (string)(await Create(experiment))["info"]!["model_id"]!;
        await _mlflow.Post(
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
        await _mlflow.Post("mlflow/runs/log-batch", batch);
        await _mlflow.Post("mlflow/runs/log-batch", batch);
        (await _mlflow.Get($"mlflow/logged-models/{id}"))["model"]!["data"]!["metrics"]!
            .ToJsonString()
            .ShouldBe(
                $$"""[{"key":"acc","value":0.7,"timestamp":1700000000001,"step":2,"dataset_name":"test","dataset_digest":"abc","model_id":"{{id}}","run_id":"{{run}}"},"""
                    + $$"""{"key":"loss","value":1.5,"timestamp":1700000000002,"step":0,"model_id":"{{id}}","run_id":"{{run}}"}]"""
            );
        (await _mlflow.Get("mlflow/metrics/get-history", ("run_id", run), ("metric_key", "acc")))["metrics"]!.AsArray().Count.ShouldBe(2);

        var refused = await _mlflow.Refused(
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
        (await _mlflow.Get("mlflow/metrics/get-history", ("run_id", run), ("metric_key", "lost")))["metrics"]!.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task a_search_takes_filter_order_datasets_and_pages_as_the_client_writes_them()
    {
        var (experiment, run) = await Run();
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
            await _mlflow.Post(
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
            var page = await _mlflow.Post(
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
        (await _mlflow.Post("mlflow/logged-models/search", new { experiment_ids = new[] { experiment } }))["models"]!
            .AsArray()
            .Select(static model => (string)model!["info"]!["name"]!)
            .ShouldBe(["n4", "n3", "n2", "n1", "n0"]);
    }

    [Fact]
    public async Task a_run_that_used_a_model_says_so_and_a_deleted_model_is_gone_from_sight()
    {
        var (experiment, run) = await Run();
        var id = (string)(await Create(experiment))["info"]!["model_id"]!;
        await _mlflow.Post("mlflow/runs/log-inputs", new { run_id = run, models = new[] { new { model_id = id } } });
        (await _mlflow.Get("mlflow/runs/get", ("run_id", run)))["run"]!["inputs"]!["model_inputs"]!
            .ToJsonString()
            .ShouldBe($$"""[{"model_id":"{{id}}"}]""");
        await Patch($"mlflow/logged-models/{id}/tags", new { tags = new[] { new { key = "a", value = "1" } } });
        await Delete($"mlflow/logged-models/{id}/tags/a", null);
        (await _mlflow.Refused(HttpMethod.Delete, $"mlflow/logged-models/{id}/tags/a", null)).Code.ShouldBe("RESOURCE_DOES_NOT_EXIST");
        await Delete($"mlflow/logged-models/{id}", new { model_id = id });
        await Delete($"mlflow/logged-models/{id}", new { model_id = id });
        (await _mlflow.Refused(HttpMethod.Get, $"mlflow/logged-models/{id}", null)).ShouldBe(
            (HttpStatusCode.NotFound, "RESOURCE_DOES_NOT_EXIST", $"Logged model with ID '{id}' not found.")
        );
        ((string)(await _mlflow.Get($"mlflow/logged-models/{id}", ("allow_deleted", "true")))["model"]!["info"]!["model_id"]!).ShouldBe(id);
        (await _mlflow.Get("mlflow/runs/get", ("run_id", run)))["run"]!["inputs"]!["model_inputs"]!.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task another_projects_models_are_as_if_they_did_not_exist()
    {
        var (experiment, run) = await Run();
        var id = (string)(await Create(experiment))["info"]!["model_id"]!;
        using var other = new MlflowClient(server.Process.Http + "/projects/other/locations/us-central1");
        var theirs = (string)(await other.Post("mlflow/experiments/create", new { name = Name() }))["experiment_id"]!;
        var their = (string)(await other.Post("mlflow/runs/create", new { experiment_id = theirs }))["run"]!["info"]!["run_id"]!;
        (HttpMethod Method, string Path, object? Body)[] attempts =
        [
            (HttpMethod.Get, $"mlflow/logged-models/{id}", null),
            (HttpMethod.Patch, $"mlflow/logged-models/{id}", new { status = "LOGGED_MODEL_READY" }),
            (HttpMethod.Delete, $"mlflow/logged-models/{id}", null),
            (HttpMethod.Patch, $"mlflow/logged-models/{id}/tags", new { tags = Array.Empty<object>() }),
            (HttpMethod.Delete, $"mlflow/logged-models/{id}/tags/a", null),
            (HttpMethod.Post, $"mlflow/logged-models/{id}/params", new { @params = Array.Empty<object>() }),
            (HttpMethod.Get, $"mlflow/logged-models/{id}/artifacts/directories", null),
            (HttpMethod.Get, $"mlflow/logged-models/{id}/artifacts/files?artifact_file_path=MLmodel", null),
            (HttpMethod.Post, "mlflow/logged-models", new { experiment_id = experiment }),
            (HttpMethod.Post, "mlflow/runs/outputs", new { run_id = run, models = new[] { new { model_id = id, step = 0 } } }),
            (HttpMethod.Post, "mlflow/runs/outputs", new { run_id = their, models = new[] { new { model_id = id, step = 0 } } }),
            (HttpMethod.Post, "mlflow/runs/log-inputs", new { run_id = their, models = new[] { new { model_id = id } } }),
            (
                HttpMethod.Post,
                "mlflow/runs/log-metric",
                new
                {
                    run_id = their,
                    key = "a",
                    value = 1,
                    timestamp = 1,
                    model_id = id,
                }
            ),
        ];
        foreach (var (method, path, body) in attempts)
        {
            (await other.Refused(method, path, body)).Status.ShouldBe(HttpStatusCode.NotFound, $"{method} {path}");
        }

        (await other.Post("mlflow/logged-models/search", new { experiment_ids = new[] { experiment } }))["models"]!
            .AsArray()
            .ShouldBeEmpty();
        ((string)(await _mlflow.Get($"mlflow/logged-models/{id}"))["model"]!["info"]!["status"]!).ShouldBe("LOGGED_MODEL_PENDING");
    }

    [Theory]
    [InlineData("POST", "mlflow/logged-models", "{}", 400, "INVALID_PARAMETER_VALUE")]
    [InlineData("POST", "mlflow/logged-models", """{"experiment_id":"999999"}""", 404, "RESOURCE_DOES_NOT_EXIST")]
    [InlineData("POST", "mlflow/logged-models", """{"experiment_id":"0","name":"a/b"}""", 400, "INVALID_PARAMETER_VALUE")]
    [InlineData("POST", "mlflow/logged-models", """{"experiment_id":"0","params":{}}""", 400, "INVALID_PARAMETER_VALUE")]
    [InlineData("PATCH", "mlflow/logged-models/m-none", """{"status":"LOGGED_MODEL_READY"}""", 404, "RESOURCE_DOES_NOT_EXIST")]
    [InlineData("PATCH", "mlflow/logged-models/m-none", """{"status":"LOGGED_MODEL_PENDING"}""", 400, "INVALID_PARAMETER_VALUE")]
    [InlineData("PATCH", "mlflow/logged-models/m-none", """{"status":"DONE"}""", 400, "INVALID_PARAMETER_VALUE")]
    [InlineData("PATCH", "mlflow/logged-models/m-none", "{}", 400, "INVALID_PARAMETER_VALUE")]
    [InlineData("POST", "mlflow/logged-models/search", "{}", 400, "INVALID_PARAMETER_VALUE")]
    [InlineData("POST", "mlflow/logged-models/search", """{"experiment_ids":["0"],"datasets":[{}]}""", 400, "INVALID_PARAMETER_VALUE")]
    [InlineData(
        "POST",
        "mlflow/logged-models/search",
        """{"experiment_ids":["0"],"order_by":[{"field_name":"params.a"}]}""",
        400,
        "INVALID_PARAMETER_VALUE"
    )]
    [InlineData("POST", "mlflow/logged-models/search", """{"experiment_ids":["0"],"page_token":"x"}""", 400, "INVALID_PARAMETER_VALUE")]
    [InlineData("POST", "mlflow/logged-models/search", """{"experiment_ids":["0"],"max_results":-1}""", 400, "INVALID_PARAMETER_VALUE")]
    [InlineData("POST", "mlflow/runs/outputs", "{}", 400, "INVALID_PARAMETER_VALUE")]
    [InlineData(
        "GET",
        "mlflow/logged-models/m-none/artifacts/directories?artifact_directory_path=../..",
        "",
        404,
        "RESOURCE_DOES_NOT_EXIST"
    )]
    public async Task what_cannot_be_done_is_refused_with_mlflows_code(string method, string path, string body, int status, string code)
    {
        using var response = await _mlflow.Send(
            new HttpMethod(method),
            path,
            body.Length == 0 ? null : new StringContent(body, Encoding.UTF8, "application/json")
        );
        var text = await response.Content.ReadAsStringAsync();
        ((int)response.StatusCode).ShouldBe(status, text);
        ((string?)JsonNode.Parse(text)!["error_code"]).ShouldBe(code);
        ((string?)JsonNode.Parse(text)!["message"]).ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task a_path_of_a_models_files_does_not_leave_its_folder()
    {
        var (experiment, _) = await Run();
        var id = (string)(await Create(experiment))["info"]!["model_id"]!;
        (
            await _mlflow.Refused(HttpMethod.Get, $"mlflow/logged-models/{id}/artifacts/directories?artifact_directory_path=../..", null)
        ).Code.ShouldBe("INVALID_PARAMETER_VALUE");
        (
            await _mlflow.Refused(HttpMethod.Get, $"mlflow/logged-models/{id}/artifacts/files?artifact_file_path=../../x", null)
        ).Code.ShouldBe("INVALID_PARAMETER_VALUE");
    }

    [Fact]
    public async Task twenty_clients_measure_one_model_and_the_latest_step_stands()
    {
        var (experiment, run) = await Run();
        var id = (string)(await Create(experiment))["info"]!["model_id"]!;
        await Parallel.ForEachAsync(
            Enumerable.Range(0, 20),
            new ParallelOptions { MaxDegreeOfParallelism = 20 },
            async (client, _) =>
            {
                using var own = new MlflowClient(server.Process.Http);
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
        var metrics = (await _mlflow.Get($"mlflow/logged-models/{id}"))["model"]!["data"]!["metrics"]!.AsArray();
        metrics.Count.ShouldBe(1);
        ((long)metrics[0]!["step"]!, (double)metrics[0]!["value"]!).ShouldBe((99, 49.5));
        (await _mlflow.Get("mlflow/metrics/get-history", ("run_id", run), ("metric_key", "acc")))["metrics"]!.AsArray().Count.ShouldBe(100);
    }

    private static string Name() => "lm-" + Guid.NewGuid().ToString("N");

    private async Task<(string Experiment, string Run)> Run()
    {
        var experiment = (string)(await _mlflow.Post("mlflow/experiments/create", new { name = Name() }))["experiment_id"]!;
        return (
            experiment,
            (string)(await _mlflow.Post("mlflow/runs/create", new { experiment_id = experiment }))["run"]!["info"]!["run_id"]!
        );
    }

    private async Task<JsonNode> Create(string experiment, object? body = null) =>
        (await _mlflow.Post("mlflow/logged-models", body ?? new { experiment_id = experiment, name = "m" }))["model"]!;

    private Task<JsonNode> Patch(string path, object body) => Read(HttpMethod.Patch, path, JsonOf(body));

    private Task<JsonNode> Delete(string path, object? body) => Read(HttpMethod.Delete, path, body is null ? null : JsonOf(body));

    private static StringContent JsonOf(object body) =>
        new(System.Text.Json.JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");

    private async Task<JsonNode> Read(HttpMethod method, string path, HttpContent? content)
    {
        using var response = await _mlflow.Send(method, path, content);
        var text = await response.Content.ReadAsStringAsync();
        response.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        return JsonNode.Parse(text)!;
    }

    private async Task<string> Text(string path)
    {
        using var response = await _mlflow.Send(HttpMethod.Get, path, null);
        var text = await response.Content.ReadAsStringAsync();
        response.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        return text;
    }

    private async Task Put(string path, string content)
    {
        using var response = await _mlflow.Send(HttpMethod.Put, $"mlflow-artifacts/artifacts/{path}", new StringContent(content));
        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync());
    }
}

public sealed class LoggedModelDoorOnSqlite(SqliteMlflowServer server)
    : LoggedModelDoorConformance(server),
        IClassFixture<SqliteMlflowServer>;

public sealed class LoggedModelDoorOnPostgreSql(PostgresMlflowServer server)
    : LoggedModelDoorConformance(server),
        IClassFixture<PostgresMlflowServer>;
