using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Cairn.Tracking.Tests.Mlflow;

namespace Cairn.Tracking.Tests.Bugs;

/// <summary>What clients of MLflow's tracking server do, and was answered wrong once.</summary>
public abstract class MlflowTrackingBugs(MlflowServer server) : IDisposable
{
    private readonly MlflowClient _mlflow = new(server.Process.Http);

    public void Dispose()
    {
        _mlflow.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task a_history_of_many_runs_is_cut_off_and_not_thinned()
    {
        var runs = new[] { await Run("0"), await Run("0") }.Order(StringComparer.Ordinal).ToArray();
        foreach (var run in runs)
        {
            await _mlflow.Post(
                "mlflow/runs/log-batch",
                new
                {
                    run_id = run,
                    metrics = Enumerable
                        .Range(0, 6)
                        .Select(static i => new
                        {
                            key = "bulk",
                            value = i % 3,
                            timestamp = 1_000 + i,
                            step = i,
                        }),
                }
            );
        }

        var found = (
            await _mlflow.Get(
                "mlflow/metrics/get-history-bulk",
                ("run_id", runs[1]),
                ("run_id", runs[0]),
                ("metric_key", "bulk"),
                ("max_results", "8")
            )
        )["metrics"]!.AsArray();
        found
            .Select(static point => ((string)point!["run_id"]!, (long)point["step"]!))
            .ShouldBe([.. Enumerable.Range(0, 6).Select(step => (runs[0], (long)step)), (runs[1], 0), (runs[1], 1)]);
        (await _mlflow.Get("mlflow/metrics/get-history-bulk-interval", ("run_ids", runs[0]), ("metric_key", "bulk"), ("max_results", "4")))[
            "metrics"
        ]!
            .AsArray()
            .Count.ShouldBeLessThanOrEqualTo(4);
        foreach (
            var (query, words) in new (string, string)[]
            {
                ("metric_key=bulk", "Missing value for required parameter 'run_ids'"),
                ("run_ids=none&metric_key=bulk&start_step=1", "both must be specified"),
                ("run_ids=none&metric_key=bulk&start_step=2&end_step=1", "end_step must be greater than start_step"),
                ("run_ids=none&metric_key=bulk&max_results=2501", "max_results must be between 1 and 2500."),
            }
        )
        {
            (await _mlflow.Refused(HttpMethod.Get, $"mlflow/metrics/get-history-bulk-interval?{query}", null)).Message.ShouldContain(words);
        }
    }

    [Fact]
    public async Task a_dataset_logged_again_keeps_what_it_came_with_first()
    {
        var run = await Run(await Experiment());
        await LogDataset(run, "the first", "training");
        await LogDataset(run, "the second", "eval");
        var input = (await _mlflow.Get("mlflow/runs/get", ("run_id", run)))["run"]!["inputs"]!["dataset_inputs"]!
            .AsArray()
            .ShouldHaveSingleItem()!;
        ((string)input["dataset"]!["schema"]!, (string)input["tags"]![0]!["value"]!).ShouldBe(("the first", "training"));
        (await _mlflow.Refused(HttpMethod.Post, "mlflow/runs/log-inputs", new { run_id = run })).Message.ShouldContain(
            "Missing value for required parameter 'datasets'"
        );
        (await _mlflow.Refused(HttpMethod.Post, "mlflow/experiments/search-datasets", new { })).Code.ShouldBe("INVALID_PARAMETER_VALUE");
        (await _mlflow.Post("mlflow/experiments/search-datasets", new { experiment_ids = new[] { "999999" } }))["dataset_summaries"]!
            .AsArray()
            .ShouldBeEmpty();
    }

    [Fact]
    public async Task a_search_for_what_is_nowhere_finds_nothing_and_letters_of_every_alphabet_have_two_cases()
    {
        var experiment = await Experiment();
        var run = await Run(experiment);
        await _mlflow.Post(
            "mlflow/runs/log-metric",
            new
            {
                run_id = run,
                key = "acc",
                value = "NaN",
                timestamp = 1,
            }
        );
        await _mlflow.Post(
            "mlflow/runs/set-tag",
            new
            {
                run_id = run,
                key = "city",
                value = @"ЁЛКА Ñandú 50% [a]*?\x",
            }
        );
        (await Found(experiment, "attributes.status = 'blah'")).ShouldBeEmpty();
        (await Found(experiment, "attributes.status != 'blah'")).ShouldBe([run]);
        (await Found(experiment, "attributes.status LIKE 'RUN%'")).ShouldBe([run]);
        (await Found("999999", "")).ShouldBeEmpty();
        (await _mlflow.Post("mlflow/logged-models/search", new { experiment_ids = new[] { "999999" } }))["models"]!
            .AsArray()
            .ShouldBeEmpty();
        (await Found(experiment, "metrics.acc != 0.5")).ShouldBe([run]);
        (await Found(experiment, "metrics.acc = 0")).ShouldBeEmpty();
        (await Found(experiment, "metrics.none != 0.5")).ShouldBeEmpty();
        foreach (
            var (pattern, isFound) in new (string, bool)[]
            {
                ("ёлка%", true),
                ("%ñANDÚ%", true),
                ("_лка%", true),
                ("%50[%%", false),
                ("%[A]*?%", true),
                (@"%?\X", true),
                ("%50% [a]_?_x", true),
                ("ёлк", false),
                ("%ñandu%", false),
                (".*", false),
                ("^%", false),
            }
        )
        {
            (await Found(experiment, $"tags.city ILIKE '{pattern}'")).Count.ShouldBe(isFound ? 1 : 0, pattern);
        }

        (await Found(experiment, "tags.city LIKE 'ёлка%'")).ShouldBeEmpty();
        (await Found(experiment, "tags.city LIKE 'ЁЛКА%'")).ShouldBe([run]);
        (
            await _mlflow.Refused(
                HttpMethod.Post,
                "mlflow/runs/search",
                new { experiment_ids = new[] { experiment }, filter = $"tags.city ILIKE '{new string('a', 4_001)}'" }
            )
        ).Code.ShouldBe("INVALID_PARAMETER_VALUE");
        await Found(experiment, $"tags.city ILIKE '{new string('k', 4_000)}'");
    }

    [Theory]
    [InlineData(
        "experiments/create",
        """{"name":123}""",
        "Invalid value 123 for parameter 'name' supplied: Hint: Value was of type 'int'."
    )]
    [InlineData(
        "experiments/create",
        """{"name":["x"]}""",
        "Invalid value [\"x\"] for parameter 'name' supplied: Hint: Value was of type 'list'."
    )]
    [InlineData("experiments/create", """{"name":"x","tags":3}""", "Invalid value 3 for parameter 'tags' supplied")]
    [InlineData("runs/update", """{"run_id":31}""", "Invalid value 31 for parameter 'run_id' supplied")]
    [InlineData(
        "runs/log-metric",
        """{"run_id":"x","key":"k","value":"dog","timestamp":1}""",
        "Invalid value \"dog\" for parameter 'value' supplied: Hint: Value was of type 'str'."
    )]
    [InlineData(
        "runs/log-metric",
        """{"run_id":"x","key":"k","value":1,"timestamp":[1]}""",
        "Invalid value [1] for parameter 'timestamp' supplied"
    )]
    [InlineData(
        "runs/log-parameter",
        """{"run_id":"x","key":"k","value":true}""",
        "Invalid value true for parameter 'value' supplied: Hint: Value was of type 'bool'."
    )]
    [InlineData("runs/log-batch", """{"run_id":31}""", "Invalid value 31 for parameter 'run_id' supplied")]
    [InlineData("runs/log-batch", """{"run_id":"x","metrics":"dog"}""", "Invalid value \"dog\" for parameter 'metrics' supplied")]
    [InlineData(
        "runs/log-batch",
        """{"run_id":"x","metrics":[{"key":"a","value":1}]}""",
        "Missing value for required parameter 'metrics[0].timestamp'"
    )]
    [InlineData(
        "runs/log-batch",
        """{"run_id":"x","tags":[{"key":"a","value":"b"},{"value":"b"}]}""",
        "Missing value for required parameter 'tags[1].key'"
    )]
    [InlineData("runs/search", """{"experiment_ids":[1]}""", "Invalid value [1] for parameter 'experiment_ids' supplied")]
    [InlineData(
        "model-versions/transition-stage",
        """{"name":"n","version":"1","stage":"None","archive_existing_versions":"hello"}""",
        "Invalid value \"hello\" for parameter 'archive_existing_versions' supplied"
    )]
    public async Task arguments_of_another_type_are_refused_in_mlflows_words(string path, string body, string words)
    {
        using var answer = await _mlflow.Send(
            HttpMethod.Post,
            $"mlflow/{path}",
            new StringContent(body, Encoding.UTF8, "application/json")
        );
        var text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest, text);
        ((string)JsonNode.Parse(text)!["message"]!).ShouldContain(words);
        // Clients' tests look for the sentence in the bytes.
        text.ShouldNotContain("\\u0027");
    }

    [Fact]
    public async Task an_experiment_takes_its_runs_with_it_and_brings_back_those_it_took()
    {
        var experiment = await Experiment();
        var (before, with, restored) = (await Run(experiment), await Run(experiment), await Run(experiment));
        await _mlflow.Post("mlflow/runs/delete", new { run_id = before });
        await _mlflow.Post("mlflow/experiments/delete", new { experiment_id = experiment });
        (await Stage(with)).ShouldBe("deleted");
        (await Found(experiment, "")).ShouldBeEmpty();
        await _mlflow.Post("mlflow/experiments/restore", new { experiment_id = experiment });
        (await Stage(with), await Stage(before)).ShouldBe(("active", "deleted"));
        (await Found(experiment, "")).ShouldBe([with, restored], ignoreOrder: true);

        // A run that was brought back by itself is not removed for good, nor what it lies in.
        await _mlflow.Post("mlflow/experiments/delete", new { experiment_id = experiment });
        await _mlflow.Post("mlflow/runs/restore", new { run_id = restored });
        foreach (var dryRun in (bool[])[true, false])
        {
            var report = await _mlflow.Post(
                "//cairn/v1/projects/demo/locations/us-central1/runs:removeDeleted",
                new { olderThanSeconds = 0, dryRun }
            );
            report["runs"]!
                .AsArray()
                .Select(static run => (string)run!["id"]!)
                .Intersect([before, with, restored])
                .ShouldBe([before, with], ignoreOrder: true);
            report["experiments"]!.AsArray().ShouldNotContain(item => (string)item!["id"]! == experiment);
        }

        (await Stage(restored)).ShouldBe("active");
    }

    [Fact]
    public async Task lengths_count_characters_and_a_nul_is_refused()
    {
        var run = await Run(await Experiment());
        var birds = string.Concat(Enumerable.Repeat("\U0001F426", 5_000));
        await _mlflow.Post(
            "mlflow/runs/log-parameter",
            new
            {
                run_id = run,
                key = "birds",
                value = birds + new string('b', 1_000),
            }
        );
        await _mlflow.Post(
            "mlflow/runs/set-tag",
            new
            {
                run_id = run,
                key = string.Concat(Enumerable.Repeat("\U00010428", 250)),
                value = birds,
            }
        );
        (
            await _mlflow.Refused(
                HttpMethod.Post,
                "mlflow/runs/log-parameter",
                new
                {
                    run_id = run,
                    key = "more",
                    value = birds + new string('b', 1_001),
                }
            )
        ).Code.ShouldBe("INVALID_PARAMETER_VALUE");
        var experiment = await Experiment();
        await _mlflow.Post(
            "mlflow/experiments/set-experiment-tag",
            new
            {
                experiment_id = experiment,
                key = "t",
                value = birds,
            }
        );
        (
            await _mlflow.Refused(
                HttpMethod.Post,
                "mlflow/experiments/set-experiment-tag",
                new
                {
                    experiment_id = experiment,
                    key = "t",
                    value = birds + "b",
                }
            )
        ).Code.ShouldBe("INVALID_PARAMETER_VALUE");
        (
            await _mlflow.Refused(
                HttpMethod.Post,
                "mlflow/experiments/create",
                new { name = Guid.NewGuid().ToString(), tags = new[] { new { key = "t", value = new string('v', 5_001) } } }
            )
        ).Code.ShouldBe("INVALID_PARAMETER_VALUE");
        await _mlflow.Post(
            "mlflow/experiments/create",
            new { name = string.Concat(Enumerable.Repeat("\U0001F426", 464)) + Guid.NewGuid().ToString() }
        );
        foreach (
            var (path, body) in new (string, object)[]
            {
                (
                    "runs/set-tag",
                    new
                    {
                        run_id = run,
                        key = "nul",
                        value = "a\0b",
                    }
                ),
                (
                    "runs/log-parameter",
                    new
                    {
                        run_id = run,
                        key = "nul",
                        value = "a\0b",
                    }
                ),
                ("experiments/create", new { name = "a\0b" }),
                ("registered-models/create", new { name = "a\0b" }),
                ("runs/search", new { experiment_ids = new[] { experiment }, filter = "tags.a = 'a\0b'" }),
            }
        )
        {
            (await _mlflow.Refused(HttpMethod.Post, $"mlflow/{path}", body)).Code.ShouldBe("INVALID_PARAMETER_VALUE", path);
        }
    }

    [Fact]
    public async Task names_that_are_one_file_are_refused()
    {
        var run = await Run(await Experiment());
        foreach (var name in (string[])["..", "../a", "/a", "a//b", "a/./b", "a/", "."])
        {
            (
                await _mlflow.Refused(
                    HttpMethod.Post,
                    "mlflow/runs/log-metric",
                    new
                    {
                        run_id = run,
                        key = name,
                        value = 1,
                        timestamp = 1,
                    }
                )
            ).Message.ShouldContain("Names may be treated as files", customMessage: name);
            (
                await _mlflow.Refused(
                    HttpMethod.Post,
                    "mlflow/runs/log-parameter",
                    new
                    {
                        run_id = run,
                        key = name,
                        value = "1",
                    }
                )
            ).Code.ShouldBe("INVALID_PARAMETER_VALUE", name);
            (
                await _mlflow.Refused(
                    HttpMethod.Post,
                    "mlflow/runs/log-batch",
                    new { run_id = run, tags = new[] { new { key = name, value = "1" } } }
                )
            ).Code.ShouldBe("INVALID_PARAMETER_VALUE", name);
        }

        foreach (var path in (string[])["a//b", "a/", "%2Fa"])
        {
            (await _mlflow.Refused(HttpMethod.Put, $"mlflow-artifacts/artifacts/0/{run}/artifacts/{path}", new { })).Status.ShouldBe(
                HttpStatusCode.BadRequest,
                path
            );
        }
    }

    [Fact]
    public async Task a_file_and_a_folder_of_one_name_are_listed_and_a_download_says_its_name_and_type()
    {
        var experiment = await Experiment();
        var run = await Run(experiment);
        foreach (var name in (string[])["x/inner.json", "x", "x-1", "a page.html", "MLmodel", "w.bin"])
        {
            using var answer = await _mlflow.Send(
                HttpMethod.Put,
                $"mlflow-artifacts/artifacts/{experiment}/{run}/artifacts/{Uri.EscapeDataString(name).Replace("%2F", "/", StringComparison.Ordinal)}",
                new StringContent("{}")
            );
            answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        var files = (await _mlflow.Get("mlflow/artifacts/list", ("run_id", run)))["files"]!.AsArray();
        files
            .Select(static file => ((string)file!["path"]!, (bool)file["is_dir"]!))
            .ShouldBe([("MLmodel", false), ("a page.html", false), ("w.bin", false), ("x", false), ("x", true), ("x-1", false)]);
        foreach (
            var (name, type, disposition) in new (string, string, string)[]
            {
                ("x/inner.json", "text/plain", "attachment; filename=inner.json"),
                ("a page.html", "text/html", "attachment; filename*=UTF-8''a%20page.html"),
                ("MLmodel", "text/plain", "attachment; filename=MLmodel"),
                ("w.bin", "application/octet-stream", "attachment; filename=w.bin"),
            }
        )
        {
            foreach (
                var address in (string[])
                    [$"mlflow-artifacts/artifacts/{experiment}/{run}/artifacts/{name}", $"//get-artifact?run_id={run}&path={name}"]
            )
            {
                using var answer = await _mlflow.Send(HttpMethod.Get, address, null);
                answer.Content.Headers.ContentType!.MediaType.ShouldBe(type, address);
                answer.Content.Headers.GetValues("Content-Disposition").ShouldBe([disposition], address);
                answer.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
            }
        }
    }

    private async Task<string> Experiment() =>
        (string)(await _mlflow.Post("mlflow/experiments/create", new { name = Guid.NewGuid().ToString() }))["experiment_id"]!;

    private async Task<string> Run(string experiment) =>
        (string)(await _mlflow.Post("mlflow/runs/create", new { experiment_id = experiment }))["run"]!["info"]!["run_id"]!;

    private async Task<string> Stage(string run) =>
        (string)(await _mlflow.Get("mlflow/runs/get", ("run_id", run)))["run"]!["info"]!["lifecycle_stage"]!;

    private async Task<IReadOnlyList<string>> Found(string experiment, string filter) =>
        [
            .. (await _mlflow.Post("mlflow/runs/search", new { experiment_ids = new[] { experiment }, filter }))["runs"]!
                .AsArray()
                .Select(static run => (string)run!["info"]!["run_id"]!),
        ];

    private Task<JsonObject> LogDataset(string run, string schema, string context) =>
        _mlflow.Post(
            "mlflow/runs/log-inputs",
            new
            {
                run_id = run,
                datasets = new[]
                {
                    new
                    {
                        dataset = new
                        {
                            name = "birds",
                            digest = "1",
                            source_type = "code",
                            source = "{}",
                            schema,
                        },
                        tags = new[] { new { key = "mlflow.data.context", value = context } },
                    },
                },
            }
        );
}

public sealed class MlflowTrackingBugsOnSqlite(SqliteMlflowServer server) : MlflowTrackingBugs(server), IClassFixture<SqliteMlflowServer>;

public sealed class MlflowTrackingBugsOnPostgreSql(PostgresMlflowServer server)
    : MlflowTrackingBugs(server),
        IClassFixture<PostgresMlflowServer>;
