using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Cairn.Tracking.Tests.Mlflow;

/// <summary>MLflow's REST API as its clients use it, on a real server.</summary>
public abstract class MlflowTrackingConformance(MlflowServer server) : MlflowTests(server)
{
    [Fact]
    public async Task set_experiment_makes_it_where_it_is_missing_and_finds_it_after()
    {
        var name = Name();
        (await Mlflow.Refused(HttpMethod.Get, $"mlflow/experiments/get-by-name?experiment_name={name}", null)).ShouldBe(
            (HttpStatusCode.NotFound, "RESOURCE_DOES_NOT_EXIST", $"Could not find experiment with name '{name}'")
        );
        var id = (string)
            (await Mlflow.Post("mlflow/experiments/create", new { name, tags = new[] { new { key = "team", value = "a" } } }))[
                "experiment_id"
            ]!;
        var experiment = (await Mlflow.Get("mlflow/experiments/get", ("experiment_id", id)))["experiment"]!;
        ((string)experiment["name"]!).ShouldBe(name);
        ((string)experiment["artifact_location"]!).ShouldBe($"mlflow-artifacts:/{id}");
        ((string)experiment["lifecycle_stage"]!).ShouldBe("active");
        ((string)experiment["tags"]![0]!["value"]!).ShouldBe("a");
        ((long)experiment["creation_time"]!).ShouldBeGreaterThan(1_600_000_000_000);
        var again = await Mlflow.Refused(HttpMethod.Post, "mlflow/experiments/create", new { name });
        (again.Status, again.Code).ShouldBe((HttpStatusCode.BadRequest, "RESOURCE_ALREADY_EXISTS"));
        ((string)(await Mlflow.Get("mlflow/experiments/get", ("experiment_id", "0")))["experiment"]!["name"]!).ShouldBe("Default");
    }

    [Fact]
    public async Task a_run_reads_back_what_was_logged_to_it()
    {
        var run = await Run(Name());
        var id = (string)run["info"]!["run_id"]!;
        ((string)run["info"]!["status"]!).ShouldBe("RUNNING");
        ((string)run["info"]!["artifact_uri"]!).ShouldEndWith($"/{id}/artifacts");
        Tag(run, "mlflow.runName").ShouldBe((string)run["info"]!["run_name"]!);
        await Mlflow.Post(
            "mlflow/runs/log-parameter",
            new
            {
                run_id = id,
                run_uuid = id,
                key = "lr",
                value = "0.1",
            }
        );
        await Mlflow.Post(
            "mlflow/runs/log-metric",
            new
            {
                run_id = id,
                run_uuid = id,
                key = "loss",
                value = 0.5,
                timestamp = 1_700_000_000_123,
                step = 3,
            }
        );
        await Mlflow.Post(
            "mlflow/runs/log-batch",
            new
            {
                run_id = id,
                metrics = new object[]
                {
                    new
                    {
                        key = "loss",
                        value = 0.25,
                        timestamp = "1700000000456",
                        step = "4",
                    },
                    new
                    {
                        key = "odd",
                        value = "NaN",
                        timestamp = 5,
                        step = 0,
                    },
                },
                @params = new[] { new { key = "depth", value = "7" } },
                tags = new[] { new { key = "mlflow.note.content", value = "a note" } },
            }
        );
        await Mlflow.Post(
            "mlflow/runs/set-tag",
            new
            {
                run_id = id,
                key = "mlflow.runName",
                value = "renamed",
            }
        );
        await Mlflow.Post(
            "mlflow/runs/update",
            new
            {
                run_id = id,
                status = "FINISHED",
                end_time = 1_700_000_001_000,
            }
        );
        run = (await Mlflow.Get("mlflow/runs/get", ("run_id", id), ("run_uuid", id)))["run"]!;
        ((string)run["info"]!["run_name"]!).ShouldBe("renamed");
        ((string)run["info"]!["status"]!).ShouldBe("FINISHED");
        ((long)run["info"]!["end_time"]!).ShouldBe(1_700_000_001_000);
        run["data"]!["params"]!.ToJsonString().ShouldBe("""[{"key":"depth","value":"7"},{"key":"lr","value":"0.1"}]""");
        run["data"]!["metrics"]!
            .ToJsonString()
            .ShouldBe(
                """[{"key":"loss","value":0.25,"timestamp":1700000000456,"step":4},{"key":"odd","value":"NaN","timestamp":5,"step":0}]"""
            );
        Tag(run, "mlflow.note.content").ShouldBe("a note");
        (await Mlflow.Get("mlflow/metrics/get-history", ("run_id", id), ("metric_key", "loss")))["metrics"]!
            .ToJsonString()
            .ShouldBe(
                """[{"key":"loss","value":0.5,"timestamp":1700000000123,"step":3},{"key":"loss","value":0.25,"timestamp":1700000000456,"step":4}]"""
            );
        var first = await Mlflow.Get("mlflow/metrics/get-history", ("run_id", id), ("metric_key", "loss"), ("max_results", "1"));
        first["metrics"]!.AsArray().Count.ShouldBe(1);
        (
            (long)
                (
                    await Mlflow.Get(
                        "mlflow/metrics/get-history",
                        ("run_id", id),
                        ("metric_key", "loss"),
                        ("page_token", (string)first["next_page_token"]!)
                    )
                )["metrics"]![0]!["step"]!
        ).ShouldBe(4);
    }

    [Fact]
    public async Task a_parameter_is_not_changed_and_a_batch_is_all_or_nothing()
    {
        var id = (string)(await Run(Name()))["info"]!["run_id"]!;
        await Mlflow.Post(
            "mlflow/runs/log-parameter",
            new
            {
                run_id = id,
                key = "lr",
                value = "0.1",
            }
        );
        var refused = await Mlflow.Refused(
            HttpMethod.Post,
            "mlflow/runs/log-batch",
            new
            {
                run_id = id,
                metrics = new[]
                {
                    new
                    {
                        key = "loss",
                        value = 1.0,
                        timestamp = 1,
                        step = 0,
                    },
                },
                @params = new[] { new { key = "lr", value = "0.2" } },
            }
        );
        (refused.Status, refused.Code).ShouldBe((HttpStatusCode.BadRequest, "INVALID_PARAMETER_VALUE"));
        refused.Message.ShouldContain("Changing param values is not allowed");
        (await Mlflow.Get("mlflow/runs/get", ("run_id", id)))["run"]!["data"]!["metrics"]!.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task a_search_pages_through_runs_with_their_data()
    {
        var experiment = (string)(await Mlflow.Post("mlflow/experiments/create", new { name = Name() }))["experiment_id"]!;
        for (var i = 0; i < 5; i++)
        {
            var id = (string)
                (
                    await Mlflow.Post(
                        "mlflow/runs/create",
                        new
                        {
                            experiment_id = experiment,
                            run_name = $"r{i}",
                            start_time = 1_000 + i,
                        }
                    )
                )["run"]!["info"]!["run_id"]!;
            await Mlflow.Post(
                "mlflow/runs/log-batch",
                new
                {
                    run_id = id,
                    metrics = new[]
                    {
                        new
                        {
                            key = "val loss",
                            value = i * 0.1,
                            timestamp = 1,
                            step = 0,
                        },
                    },
                    @params = new[] { new { key = "i", value = $"{i}" } },
                }
            );
        }

        var names = new List<string>();
        string? token = null;
        do
        {
            var page = await Mlflow.Post(
                "mlflow/runs/search",
                new
                {
                    experiment_ids = new[] { experiment },
                    filter = "metrics.`val loss` > 0.05",
                    order_by = new[] { "metrics.`val loss` DESC" },
                    max_results = 2,
                    page_token = token,
                }
            );
            names.AddRange(
                page["runs"]!
                    .AsArray()
                    .Select(static run => (string)run!["info"]!["run_name"]! + (string)run["data"]!["params"]![0]!["value"]!)
            );
            token = (string?)page["next_page_token"];
        } while (token is not null);
        names.ShouldBe(["r44", "r33", "r22", "r11"]);
        var experiments = await Mlflow.Post(
            "mlflow/experiments/search",
            new { filter = $"name LIKE '%' AND creation_time > 1", max_results = 1_000 }
        );
        experiments["experiments"]!.AsArray().Select(static item => (string)item!["experiment_id"]!).ShouldContain(experiment);
    }

    [Fact]
    public async Task deleted_things_are_out_of_sight_until_they_are_restored()
    {
        var run = await Run(Name());
        var (id, experiment) = ((string)run["info"]!["run_id"]!, (string)run["info"]!["experiment_id"]!);
        await Mlflow.Post("mlflow/runs/delete", new { run_id = id });
        (await Found(experiment, "ACTIVE_ONLY")).ShouldBe(0);
        (await Found(experiment, "DELETED_ONLY")).ShouldBe(1);
        (
            await Mlflow.Refused(
                HttpMethod.Post,
                "mlflow/runs/log-parameter",
                new
                {
                    run_id = id,
                    key = "a",
                    value = "b",
                }
            )
        ).Message.ShouldContain("must be in the 'active' state");
        await Mlflow.Post("mlflow/runs/restore", new { run_id = id });
        (await Found(experiment, "ACTIVE_ONLY")).ShouldBe(1);
        await Mlflow.Post("mlflow/experiments/delete", new { experiment_id = experiment });
        ((string)(await Mlflow.Get("mlflow/experiments/get", ("experiment_id", experiment)))["experiment"]!["lifecycle_stage"]!).ShouldBe(
            "deleted"
        );
        (await Mlflow.Refused(HttpMethod.Post, "mlflow/runs/create", new { experiment_id = experiment })).Status.ShouldBe(
            HttpStatusCode.BadRequest
        );
        await Mlflow.Post("mlflow/experiments/restore", new { experiment_id = experiment });
        await Mlflow.Post("mlflow/experiments/update", new { experiment_id = experiment, new_name = Name() });
    }

    [Fact]
    public async Task datasets_and_models_are_noted_with_the_run()
    {
        var run = await Run(Name());
        var id = (string)run["info"]!["run_id"]!;
        await Mlflow.Post(
            "mlflow/runs/log-inputs",
            new
            {
                run_id = id,
                datasets = new[]
                {
                    new
                    {
                        dataset = new
                        {
                            name = "penguins",
                            digest = "abc",
                            source_type = "local",
                            source = "{}",
                            schema = "{}",
                        },
                        tags = new[] { new { key = "mlflow.data.context", value = "training" } },
                    },
                },
            }
        );
        await Mlflow.Post(
            "mlflow/runs/log-model",
            new { run_id = id, model_json = """{"artifact_path":"model","flavors":{"sklearn":{}}}""" }
        );
        await Mlflow.Post(
            "mlflow/runs/log-model",
            new { run_id = id, model_json = """{"artifact_path":"second","flavors":{"sklearn":{}}}""" }
        );
        run = (await Mlflow.Get("mlflow/runs/get", ("run_id", id)))["run"]!;
        var input = run["inputs"]!["dataset_inputs"]![0]!;
        ((string)input["dataset"]!["name"]!).ShouldBe("penguins");
        ((string)input["tags"]![0]!["value"]!).ShouldBe("training");
        JsonNode
            .Parse(Tag(run, "mlflow.log-model.history")!)!
            .AsArray()
            .Select(static model => (string)model!["artifact_path"]!)
            .ShouldBe(["model", "second"]);
        var summaries = (
            await Mlflow.Post(
                "mlflow/experiments/search-datasets",
                new { experiment_ids = new[] { (string)run["info"]!["experiment_id"]! } }
            )
        )["dataset_summaries"]!;
        ((string)summaries[0]!["context"]!).ShouldBe("training");
        var found = await Mlflow.Post(
            "mlflow/runs/search",
            new
            {
                experiment_ids = new[] { (string)run["info"]!["experiment_id"]! },
                filter = "dataset.name = 'penguins' and dataset.context = 'training'",
            }
        );
        found["runs"]!.AsArray().Count.ShouldBe(1);
    }

    [Fact]
    public async Task twenty_clients_log_to_one_run_with_retries_and_every_point_is_there_once()
    {
        var id = (string)(await Run(Name()))["info"]!["run_id"]!;
        await Parallel.ForEachAsync(
            Enumerable.Range(0, 20),
            new ParallelOptions { MaxDegreeOfParallelism = 20 },
            async (client, _) =>
            {
                using var own = new MlflowClient(Server.Http);
                for (var batch = 0; batch < 5; batch++)
                {
                    var body = new
                    {
                        run_id = id,
                        metrics = Enumerable
                            .Range(0, 20)
                            .Select(i => new
                            {
                                key = "shared",
                                value = i * 0.5,
                                timestamp = 1,
                                step = (client * 100) + (batch * 20) + i,
                            })
                            .ToArray(),
                    };
                    await own.Post("mlflow/runs/log-batch", body);
                    await own.Post("mlflow/runs/log-batch", body);
                }
            }
        );
        var steps = (await Mlflow.Get("mlflow/metrics/get-history", ("run_id", id), ("metric_key", "shared")))["metrics"]!
            .AsArray()
            .Select(static point => (int)point!["step"]!);
        steps.ShouldBe(Enumerable.Range(0, 2_000));
        (await Mlflow.Get("mlflow/metrics/get-history-bulk-interval", ("run_ids", id), ("metric_key", "shared"), ("max_results", "50")))[
            "metrics"
        ]!
            .AsArray()
            .Count.ShouldBeLessThanOrEqualTo(50);
    }

    private static string? Tag(JsonNode run, string key) =>
        (string?)run["data"]!["tags"]!.AsArray().SingleOrDefault(tag => (string)tag!["key"]! == key)?["value"];

    private async Task<int> Found(string experiment, string view) =>
        (await Mlflow.Post("mlflow/runs/search", new { experiment_ids = new[] { experiment }, run_view_type = view }))["runs"]!
            .AsArray()
            .Count;
}

public sealed class MlflowTrackingOnSqlite(SqliteMlflowServer server)
    : MlflowTrackingConformance(server),
        IClassFixture<SqliteMlflowServer>;

public sealed class MlflowTrackingOnPostgreSql(PostgresMlflowServer server)
    : MlflowTrackingConformance(server),
        IClassFixture<PostgresMlflowServer>;
