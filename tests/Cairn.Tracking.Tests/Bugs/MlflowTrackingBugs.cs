using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Cairn.Tracking.Tests.Mlflow;

namespace Cairn.Tracking.Tests.Bugs;

/// <summary>What clients of MLflow's tracking server do, and was answered wrong once.</summary>
public abstract class MlflowTrackingBugs(MlflowServer server) : MlflowTests(server)
{
    [Fact]
    public async Task a_history_of_many_runs_is_cut_off_and_not_thinned()
    {
        var runs = new[] { await NewRun("0"), await NewRun("0") }.Order(StringComparer.Ordinal).ToArray();
        foreach (var run in runs)
        {
            await Mlflow.Post(
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
            await Mlflow.Get(
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
        (await Mlflow.Get("mlflow/metrics/get-history-bulk-interval", ("run_ids", runs[0]), ("metric_key", "bulk"), ("max_results", "4")))[
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
            (await Mlflow.Refused(HttpMethod.Get, $"mlflow/metrics/get-history-bulk-interval?{query}", null)).Message.ShouldContain(words);
        }
    }

    [Fact]
    public async Task a_dataset_logged_again_keeps_what_it_came_with_first()
    {
        var run = await NewRun(await NewExperiment());
        await LogDataset(run, "the first", "training");
        await LogDataset(run, "the second", "eval");
        var input = (await Mlflow.Get("mlflow/runs/get", ("run_id", run)))["run"]!["inputs"]!["dataset_inputs"]!
            .AsArray()
            .ShouldHaveSingleItem()!;
        ((string)input["dataset"]!["schema"]!, (string)input["tags"]![0]!["value"]!).ShouldBe(("the first", "training"));
        (await Mlflow.Refused(HttpMethod.Post, "mlflow/runs/log-inputs", new { run_id = run })).Message.ShouldContain(
            "Missing value for required parameter 'datasets'"
        );
        (await Mlflow.Refused(HttpMethod.Post, "mlflow/experiments/search-datasets", new { })).Code.ShouldBe("INVALID_PARAMETER_VALUE");
        (await Mlflow.Post("mlflow/experiments/search-datasets", new { experiment_ids = new[] { "999999" } }))["dataset_summaries"]!
            .AsArray()
            .ShouldBeEmpty();
    }

    [Fact]
    public async Task a_search_for_what_is_nowhere_finds_nothing_and_letters_of_every_alphabet_have_two_cases()
    {
        var experiment = await NewExperiment();
        var run = await NewRun(experiment);
        await Mlflow.Post(
            "mlflow/runs/log-metric",
            new
            {
                run_id = run,
                key = "acc",
                value = "NaN",
                timestamp = 1,
            }
        );
        await Mlflow.Post(
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
        (await Mlflow.Post("mlflow/logged-models/search", new { experiment_ids = new[] { "999999" } }))["models"]!
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
            await Mlflow.Refused(
                HttpMethod.Post,
                "mlflow/runs/search",
                new { experiment_ids = new[] { experiment }, filter = $"tags.city ILIKE '{new string('a', 4_001)}'" }
            )
        ).Code.ShouldBe("INVALID_PARAMETER_VALUE");
        await Found(experiment, $"tags.city ILIKE '{new string('k', 4_000)}'");
    }

    [Fact]
    public async Task an_experiment_takes_its_runs_with_it_and_brings_back_those_it_took()
    {
        var experiment = await NewExperiment();
        var (before, with, restored) = (await NewRun(experiment), await NewRun(experiment), await NewRun(experiment));
        await Mlflow.Post("mlflow/runs/delete", new { run_id = before });
        await Mlflow.Post("mlflow/experiments/delete", new { experiment_id = experiment });
        (await Stage(with)).ShouldBe("deleted");
        (await Found(experiment, "")).ShouldBeEmpty();
        await Mlflow.Post("mlflow/experiments/restore", new { experiment_id = experiment });
        (await Stage(with), await Stage(before)).ShouldBe(("active", "deleted"));
        (await Found(experiment, "")).ShouldBe([with, restored], ignoreOrder: true);

        // A run that was brought back by itself is not removed for good, nor what it lies in.
        await Mlflow.Post("mlflow/experiments/delete", new { experiment_id = experiment });
        await Mlflow.Post("mlflow/runs/restore", new { run_id = restored });
        foreach (var dryRun in (bool[])[true, false])
        {
            var report = await Mlflow.Post(
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
    public async Task a_file_and_a_folder_of_one_name_are_listed_and_a_download_says_its_name_and_type()
    {
        var experiment = await NewExperiment();
        var run = await NewRun(experiment);
        foreach (var name in (string[])["x/inner.json", "x", "x-1", "a page.html", "MLmodel", "w.bin"])
        {
            using var answer = await Mlflow.Send(
                HttpMethod.Put,
                $"mlflow-artifacts/artifacts/{experiment}/{run}/artifacts/{Uri.EscapeDataString(name).Replace("%2F", "/", StringComparison.Ordinal)}",
                new StringContent("{}")
            );
            answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        var files = (await Mlflow.Get("mlflow/artifacts/list", ("run_id", run)))["files"]!.AsArray();
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
                using var answer = await Mlflow.Send(HttpMethod.Get, address, null);
                answer.Content.Headers.ContentType!.MediaType.ShouldBe(type, address);
                answer.Content.Headers.GetValues("Content-Disposition").ShouldBe([disposition], address);
                answer.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
            }
        }
    }

    private async Task<string> Stage(string run) =>
        (string)(await Mlflow.Get("mlflow/runs/get", ("run_id", run)))["run"]!["info"]!["lifecycle_stage"]!;

    private async Task<IReadOnlyList<string>> Found(string experiment, string filter) =>
        [
            .. (await Mlflow.Post("mlflow/runs/search", new { experiment_ids = new[] { experiment }, filter }))["runs"]!
                .AsArray()
                .Select(static run => (string)run!["info"]!["run_id"]!),
        ];

    private Task<JsonObject> LogDataset(string run, string schema, string context) =>
        Mlflow.Post(
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
