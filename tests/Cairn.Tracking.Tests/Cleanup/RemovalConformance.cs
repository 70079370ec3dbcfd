using System.Text.Json.Nodes;
using Cairn.Tracking.Tests.Mlflow;

namespace Cairn.Tracking.Tests.Cleanup;

/// <summary>The removal of what was deleted, on a real server.</summary>
public abstract class RemovalConformance(MlflowServer server) : IDisposable
{
    private const string Route = "//cairn/v1/projects/demo/locations/us-central1/runs:removeDeleted";

    private readonly MlflowClient _mlflow = new(server.Process.Http);

    public void Dispose()
    {
        _mlflow.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task deleted_runs_go_with_their_metrics_and_files_and_active_ones_stay()
    {
        var experiment = await Experiment();
        var (gone, stays) = (await Run(experiment), await Run(experiment));
        await _mlflow.Post("mlflow/runs/delete", new { run_id = gone });

        var dry = await _mlflow.Post(Route, new { olderThanSeconds = 0, dryRun = true });
        Ids(dry, "runs").ShouldContain(gone);
        Ids(dry, "runs").ShouldNotContain(stays);
        ((long)dry["files"]!).ShouldBeGreaterThanOrEqualTo(1);
        await Read(gone);

        Ids(await _mlflow.Post(Route, new { olderThanSeconds = 3_600 }), "runs").ShouldBeEmpty();
        Ids(await _mlflow.Post(Route, new { olderThanSeconds = 0 }), "runs").ShouldContain(gone);
        (await _mlflow.Refused(HttpMethod.Get, $"mlflow/runs/get?run_id={gone}", null)).Code.ShouldBe("RESOURCE_DOES_NOT_EXIST");
        (await _mlflow.Get("mlflow-artifacts/artifacts", ("path", $"{experiment}")))["files"]!
            .AsArray()
            .Select(static file => (string)file!["path"]!)
            .ShouldBe([stays]);
        var read = await Read(stays);
        ((double)read["data"]!["metrics"]![0]!["value"]!).ShouldBe(0.5);
        Ids(await _mlflow.Post(Route, new { olderThanSeconds = 0 }), "runs").ShouldBeEmpty();
    }

    [Fact]
    public async Task a_deleted_experiment_goes_with_its_runs_and_models_and_its_name_is_free_again()
    {
        var experiment = await Experiment("to be removed");
        var run = await Run(experiment);
        var model = (string)
            (await _mlflow.Post("mlflow/logged-models", new { experiment_id = experiment, name = "m" }))["model"]!["info"]!["model_id"]!;
        await Put($"{experiment}/models/{model}/artifacts/MLmodel");
        await _mlflow.Post("mlflow/experiments/delete", new { experiment_id = experiment });

        var dry = await _mlflow.Post(Route, new { olderThanSeconds = 0, dryRun = true });
        Ids(dry, "experiments").ShouldContain(experiment);
        var report = await _mlflow.Post(Route, new { olderThanSeconds = 0 });
        Ids(report, "runs").ShouldContain(run);
        Ids(report, "models").ShouldContain(model);
        Ids(report, "experiments").ShouldContain(experiment);
        (await _mlflow.Refused(HttpMethod.Get, $"mlflow/experiments/get?experiment_id={experiment}", null)).Code.ShouldBe(
            "RESOURCE_DOES_NOT_EXIST"
        );
        (await _mlflow.Get("mlflow-artifacts/artifacts", ("path", experiment)))["files"]!.AsArray().ShouldBeEmpty();
        await Experiment("to be removed");
    }

    [Fact]
    public async Task what_was_restored_or_is_of_another_project_stays()
    {
        var experiment = await Experiment();
        var run = await Run(experiment);
        await _mlflow.Post("mlflow/runs/delete", new { run_id = run });
        await _mlflow.Post("mlflow/runs/restore", new { run_id = run });
        using var other = new MlflowClient(server.Process.Http + "/projects/other/locations/us-central1");
        var theirs = (string)(await other.Post("mlflow/experiments/create", new { name = Guid.NewGuid().ToString() }))["experiment_id"]!;
        var their = (string)(await other.Post("mlflow/runs/create", new { experiment_id = theirs }))["run"]!["info"]!["run_id"]!;
        await other.Post("mlflow/runs/delete", new { run_id = their });
        var report = await _mlflow.Post(Route, new { olderThanSeconds = 0 });
        Ids(report, "runs").ShouldNotContain(run);
        Ids(report, "runs").ShouldNotContain(their);
        await Read(run);
        await other.Get("mlflow/runs/get", ("run_id", their));
    }

    [Fact]
    public async Task a_run_that_a_registered_version_was_made_from_is_kept_until_the_version_is_deleted()
    {
        var experiment = await Experiment();
        var run = await Run(experiment);
        var name = "kept-" + Guid.NewGuid().ToString("N");
        await _mlflow.Post("mlflow/registered-models/create", new { name });
        await _mlflow.Post(
            "mlflow/model-versions/create",
            new
            {
                name,
                source = $"mlflow-artifacts:/{experiment}/{run}/artifacts/model",
                run_id = run,
            }
        );
        await _mlflow.Post("mlflow/experiments/delete", new { experiment_id = experiment });
        var report = await _mlflow.Post(Route, new { olderThanSeconds = 0 });
        var kept = report["kept"]!.AsArray().Single(item => (string)item!["id"]! == run)!;
        ((string)kept["reason"]!).ShouldContain(name);
        Ids(report, "experiments").ShouldNotContain(experiment);
        await Read(run);
        using (
            var deleted = await _mlflow.Send(
                HttpMethod.Delete,
                "mlflow/registered-models/delete",
                System.Net.Http.Json.JsonContent.Create(new { name })
            )
        )
        {
            deleted.EnsureSuccessStatusCode();
        }

        Ids(await _mlflow.Post(Route, new { olderThanSeconds = 0 }), "experiments").ShouldContain(experiment);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"olderThanSeconds": -1}""")]
    [InlineData("""{"olderThanSeconds": 0, "pageToken": "x"}""")]
    [InlineData("nonsense")]
    public async Task a_removal_that_is_not_said_clearly_is_refused(string body)
    {
        using var response = await _mlflow.Send(
            HttpMethod.Post,
            Route,
            new StringContent(body, System.Text.Encoding.UTF8, "application/json")
        );
        ((int)response.StatusCode).ShouldBe(400, await response.Content.ReadAsStringAsync());
    }

    private static IReadOnlyList<string> Ids(JsonObject report, string kind) =>
        [.. report[kind]!.AsArray().Select(static item => (string)item!["id"]!)];

    private async Task<string> Experiment(string? name = null) =>
        (string)(await _mlflow.Post("mlflow/experiments/create", new { name = name ?? Guid.NewGuid().ToString() }))["experiment_id"]!;

    private async Task<string> Run(string experiment)
    {
        var id = (string)(await _mlflow.Post("mlflow/runs/create", new { experiment_id = experiment }))["run"]!["info"]!["run_id"]!;
        await _mlflow.Post(
            "mlflow/runs/log-metric",
            new
            {
                run_id = id,
                key = "loss",
                value = 0.5,
                timestamp = 1,
            }
        );
        await Put($"{experiment}/{id}/artifacts/model/MLmodel");
        return id;
    }

    private async Task Put(string path)
    {
        using var response = await _mlflow.Send(HttpMethod.Put, $"mlflow-artifacts/artifacts/{path}", new StringContent("flavors:\n"));
        response.EnsureSuccessStatusCode();
    }

    private async Task<JsonNode> Read(string run) => (await _mlflow.Get("mlflow/runs/get", ("run_id", run)))["run"]!;
}

public sealed class RemovalOnSqlite(SqliteMlflowServer server) : RemovalConformance(server), IClassFixture<SqliteMlflowServer>;

public sealed class RemovalOnPostgreSql(PostgresMlflowServer server) : RemovalConformance(server), IClassFixture<PostgresMlflowServer>;
