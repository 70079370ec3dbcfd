using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Cairn.Testing;
using Cairn.Tracking.Tests.Events;

namespace Cairn.Tracking.Tests.Mlflow;

/// <summary>One run: begun over MLflow, continued over Vertex, given an event file, and read back alike over all three.</summary>
public abstract class OneRunConformance(MlflowServer server)
{
    private const string Location = "//v1/projects/demo/locations/us-central1";

    [Fact]
    public async Task a_server_that_has_just_started_reads_what_others_logged()
    {
        using var mlflow = new MlflowClient(server.Process.Http);
        var id = (string)(await mlflow.Post("mlflow/experiments/create", new { name = "restarted" }))["experiment_id"]!;
        var run = (string)(await mlflow.Post("mlflow/runs/create", new { experiment_id = id }))["run"]!["info"]!["run_id"]!;
        var model = (string)
            (
                await mlflow.Post(
                    "mlflow/logged-models",
                    new
                    {
                        experiment_id = id,
                        name = "m",
                        source_run_id = run,
                    }
                )
            )["model"]!["info"]!["model_id"]!;
        var metrics = Enumerable
            .Range(0, 5)
            .Select(key => new
            {
                key = $"restarted-{key}",
                value = (double)key,
                timestamp = 1_000,
                step = 0,
                model_id = model,
            });
        await mlflow.Post("mlflow/runs/log-batch", new { run_id = run, metrics });

        server.Process.Kill();
        await server.Process.RestartAsync();

        var names = Enumerable.Range(0, 5).Select(static key => $"restarted-{key}");
        (await mlflow.Get($"mlflow/logged-models/{model}"))["model"]!["data"]!["metrics"]!
            .AsArray()
            .Select(static metric => (string)metric!["key"]!)
            .ShouldBe(names);
        (await mlflow.Get("mlflow/runs/get", ("run_id", run)))["run"]!["data"]!["metrics"]!
            .AsArray()
            .Select(static metric => (string)metric!["key"]!)
            .ShouldBe(names);
    }

    [Fact]
    public async Task what_each_door_logged_every_door_reads()
    {
        using var mlflow = new MlflowClient(server.Process.Http);
        var id = (string)(await mlflow.Post("mlflow/experiments/create", new { name = "birds" }))["experiment_id"]!;
        var run = (string)
            (await mlflow.Post("mlflow/runs/create", new { experiment_id = id, run_name = "one" }))["run"]!["info"]!["run_id"]!;
        await mlflow.Post(
            "mlflow/runs/log-batch",
            new
            {
                run_id = run,
                metrics = new[]
                {
                    new
                    {
                        key = "loss",
                        value = 0.5,
                        timestamp = 1_000,
                        step = 0,
                    },
                    new
                    {
                        key = "loss",
                        value = 0.25,
                        timestamp = 2_000,
                        step = 1,
                    },
                },
                @params = new[] { new { key = "lr", value = "0.1" } },
            }
        );

        // As the Python SDK does it: the whole context is read, changed and sent back.
        var context = await Vertex(mlflow, HttpMethod.Get, $"{Location}/metadataStores/default/contexts/birds-one", null);
        ((double)context["metadata"]!["_metrics"]!["loss"]!).ShouldBe(0.25);
        context["metadata"]!["_params"]!["depth"] = 7;
        context["metadata"]!["_metrics"]!["accuracy"] = 0.75;
        context["metadata"]!["_state"] = "COMPLETE";
        await Vertex(mlflow, HttpMethod.Patch, $"{Location}/metadataStores/default/contexts/birds-one", context);

        using var scratch = new ScratchDirectory();
        Directory.CreateDirectory(scratch["logs/one"]);
        await File.WriteAllBytesAsync(
            scratch["logs/one/events.out.tfevents.1.host"],
            new EventBytes().Version(3).Simple("loss", 2, 0.125f, 3).Simple("val", 0, 0.5f, 3).ToArray()
        );
        await UploadAsync(scratch["logs"]);
        await UploadAsync(scratch["logs"]);

        var read = (await mlflow.Get("mlflow/runs/get", ("run_id", run)))["run"]!;
        ((string)read["info"]!["status"]!).ShouldBe("FINISHED");
        read["data"]!["params"]!.ToJsonString().ShouldBe("""[{"key":"depth","value":"7"},{"key":"lr","value":"0.1"}]""");
        read["data"]!["metrics"]!
            .AsArray()
            .Select(static metric => ((string)metric!["key"]!, (double)metric["value"]!))
            .ShouldBe([("accuracy", 0.75), ("loss", 0.125), ("val", 0.5)]);
        (await mlflow.Get("mlflow/metrics/get-history", ("run_id", run), ("metric_key", "loss")))["metrics"]!
            .AsArray()
            .Select(static point => ((long)point!["step"]!, (double)point["value"]!))
            .ShouldBe([(0, 0.5), (1, 0.25), (2, 0.125)]);

        context = await Vertex(mlflow, HttpMethod.Get, $"{Location}/metadataStores/default/contexts/birds-one", null);
        // Vertex keeps summaries and series apart: what an event file alone holds is no summary, and a summary is no series.
        context["metadata"]!["_metrics"]!
            .AsObject()
            .Select(static metric => (metric.Key, (double)metric.Value!))
            .Order()
            .ShouldBe([("accuracy", 0.75), ("loss", 0.125)]);
        ((double)context["metadata"]!["_params"]!["depth"]!).ShouldBe(7);
        ((string)context["metadata"]!["_params"]!["lr"]!).ShouldBe("0.1");

        var board = (string)
            (await Vertex(mlflow, HttpMethod.Get, $"{Location}/tensorboards?filter=is_default%3Dtrue", null))["tensorboards"]![0]!["name"]!;
        var series = (await Vertex(mlflow, HttpMethod.Get, $"//v1/{board}/experiments/birds/runs/one/timeSeries", null))[
            "tensorboardTimeSeries"
        ]!.AsArray();
        series.Select(static one => (string)one!["displayName"]!).Order().ShouldBe(["loss", "val"]);
        var loss = (string)series.Single(static one => (string)one!["displayName"]! == "loss")!["name"]!;
        var values = (await Vertex(mlflow, HttpMethod.Get, $"//v1/{loss}:read", null))["timeSeriesData"]!["values"]!.AsArray();
        values
            .Select(static value => ((string?)value!["step"] ?? "0", (double)value["scalar"]!["value"]!))
            .ShouldBe([("0", 0.5), ("1", 0.25), ("2", 0.125)]);
    }

    private async Task UploadAsync(string folder)
    {
        var start = new ProcessStartInfo(
            ServerProcess.Executable,
            ["tensorboard", "upload", "--logdir", folder, "--experiment", "birds", "--endpoint", server.Process.Http]
        )
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(0, error);
    }

    private static async Task<JsonObject> Vertex(MlflowClient client, HttpMethod method, string path, JsonNode? body)
    {
        using var response = await client.Send(method, path, body is null ? null : JsonContent.Create(body));
        var text = await response.Content.ReadAsStringAsync();
        response.IsSuccessStatusCode.ShouldBeTrue(text);
        return JsonNode.Parse(text)!.AsObject();
    }
}

public sealed class OneRunOnSqlite(SqliteMlflowServer server) : OneRunConformance(server), IClassFixture<SqliteMlflowServer>;

public sealed class OneRunOnPostgreSql(PostgresMlflowServer server) : OneRunConformance(server), IClassFixture<PostgresMlflowServer>;
