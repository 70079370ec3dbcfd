using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Cairn.Tracking.Tests.Mlflow;

/// <summary>What clients are told of logged models that are another project's, or are not to be had.</summary>
public abstract class LoggedModelRefusalConformance(MlflowServer server) : MlflowTests(server)
{
    [Fact]
    public async Task another_projects_models_are_as_if_they_did_not_exist()
    {
        var experiment = await NewExperiment();
        var run = await NewRun(experiment);
        var id = await Create(experiment);
        using var other = new MlflowClient(Server.Http + "/projects/other/locations/us-central1");
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
        ((string)(await Mlflow.Get($"mlflow/logged-models/{id}"))["model"]!["info"]!["status"]!).ShouldBe("LOGGED_MODEL_PENDING");
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
    public async Task what_cannot_be_done_is_refused_withMlflows_code(string method, string path, string body, int status, string code)
    {
        using var response = await Mlflow.Send(
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
        var experiment = await NewExperiment();
        var id = await Create(experiment);
        (
            await Mlflow.Refused(HttpMethod.Get, $"mlflow/logged-models/{id}/artifacts/directories?artifact_directory_path=../..", null)
        ).Code.ShouldBe("INVALID_PARAMETER_VALUE");
        (await Mlflow.Refused(HttpMethod.Get, $"mlflow/logged-models/{id}/artifacts/files?artifact_file_path=../../x", null)).Code.ShouldBe(
            "INVALID_PARAMETER_VALUE"
        );
    }

    private async Task<string> Create(string experiment) =>
        (string)(await Mlflow.Post("mlflow/logged-models", new { experiment_id = experiment, name = "m" }))["model"]!["info"]!["model_id"]!;
}

public sealed class LoggedModelRefusalOnSqlite(SqliteMlflowServer server)
    : LoggedModelRefusalConformance(server),
        IClassFixture<SqliteMlflowServer>;

public sealed class LoggedModelRefusalOnPostgreSql(PostgresMlflowServer server)
    : LoggedModelRefusalConformance(server),
        IClassFixture<PostgresMlflowServer>;
