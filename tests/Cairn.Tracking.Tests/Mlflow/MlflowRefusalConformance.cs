using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Cairn.Tracking.Tests.Mlflow;

/// <summary>What MLflow's clients are told of what cannot be done, is not there, or is another project's.</summary>
public abstract class MlflowRefusalConformance(MlflowServer server) : MlflowTests(server)
{
    [Theory]
    [InlineData("POST", "mlflow/runs/create", """{"experiment_id":"999999"}""", 404, "RESOURCE_DOES_NOT_EXIST")]
    [InlineData("POST", "mlflow/runs/log-metric", """{"run_id":"x","value":1,"timestamp":1}""", 400, "INVALID_PARAMETER_VALUE")]
    [InlineData("POST", "mlflow/runs/log-batch", """{"run_id":"x","metrics":{}}""", 400, "INVALID_PARAMETER_VALUE")]
    [InlineData("POST", "mlflow/runs/log-batch", """{"metrics":[]}""", 400, "INVALID_PARAMETER_VALUE")]
    [InlineData(
        "POST",
        "mlflow/runs/log-batch",
        """{"run_id":"00000000000000000000000000000000","metrics":[]}""",
        404,
        "RESOURCE_DOES_NOT_EXIST"
    )]
    [InlineData("POST", "mlflow/runs/search", """{"experiment_ids":["0"],"filter":"metrics.a >"}""", 400, "INVALID_PARAMETER_VALUE")]
    [InlineData("POST", "mlflow/runs/search", """{"experiment_ids":["0"],"max_results":50001}""", 400, "INVALID_PARAMETER_VALUE")]
    [InlineData("POST", "mlflow/runs/search", "nonsense", 400, "INVALID_PARAMETER_VALUE")]
    [InlineData("GET", "mlflow/experiments/get?experiment_id=a", "", 400, "INVALID_PARAMETER_VALUE")]
    [InlineData("GET", "mlflow/runs/get", "", 400, "INVALID_PARAMETER_VALUE")]
    [InlineData("GET", "mlflow-artifacts/artifacts?path=../../etc", "", 400, "INVALID_PARAMETER_VALUE")]
    [InlineData("POST", "mlflow-artifacts/mpu/create/0/x", "{}", 400, "INVALID_PARAMETER_VALUE")]
    [InlineData("POST", "mlflow-artifacts/mpu/create/0/x", """{"path":"f","num_parts":10001}""", 400, "INVALID_PARAMETER_VALUE")]
    [InlineData(
        "POST",
        "mlflow-artifacts/mpu/complete/0/x",
        """{"path":"f","upload_id":"none","parts":[]}""",
        404,
        "RESOURCE_DOES_NOT_EXIST"
    )]
    [InlineData("PUT", "mlflow-artifacts/mpu/part/none/1", "x", 404, "RESOURCE_DOES_NOT_EXIST")]
    [InlineData("GET", "mlflow-artifacts/presigned/0/x", "", 501, "NOT_IMPLEMENTED")]
    [InlineData("POST", "mlflow/traces", "{}", 501, "NOT_IMPLEMENTED")]
    [InlineData("GET", "mlflow/traces/tr-1/info", "", 501, "NOT_IMPLEMENTED")]
    [InlineData("POST", "mlflow/webhooks", "{}", 501, "NOT_IMPLEMENTED")]
    [InlineData("GET", "mlflow/runs/create", "", 404, "ENDPOINT_NOT_FOUND")]
    [InlineData("POST", "mlflow/no/such/thing", "{}", 404, "ENDPOINT_NOT_FOUND")]
    public async Task what_cannot_be_done_is_refused_with_mlflows_code(string method, string path, string body, int status, string code)
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

    [Theory]
    [InlineData("POST", "traces/search", 501, "NOT_IMPLEMENTED")]
    [InlineData("POST", "traces/tr-1/assessments", 501, "NOT_IMPLEMENTED")]
    [InlineData("GET", "scorers/list", 501, "NOT_IMPLEMENTED")]
    [InlineData("POST", "datasets/create", 501, "NOT_IMPLEMENTED")]
    [InlineData("GET", "gateway/endpoints/list", 501, "NOT_IMPLEMENTED")]
    [InlineData("DELETE", "prompt-optimization/jobs/1", 501, "NOT_IMPLEMENTED")]
    [InlineData("GET", "workspaces", 501, "NOT_IMPLEMENTED")]
    [InlineData("PATCH", "issues/1", 501, "NOT_IMPLEMENTED")]
    [InlineData("GET", "no-such-thing", 404, "ENDPOINT_NOT_FOUND")]
    public async Task what_only_newer_servers_have_is_told_as_absent(string method, string path, int status, string code)
    {
        foreach (var root in (string[])["/api/3.0", "/ajax-api/3.0", "/projects/p/locations/l/api/3.0"])
        {
            using var newer = new MlflowClient(Server.Http, root: root);
            var refused = await newer.Refused(new HttpMethod(method), $"mlflow/{path}", method == "GET" ? null : new { });
            ((int)refused.Status, refused.Code).ShouldBe((status, code));
            refused.Message.ShouldNotBeEmpty();
        }
    }

    [Fact]
    public async Task a_client_of_3_x_learns_what_the_server_is()
    {
        using var newer = new MlflowClient(Server.Http, root: "/api/3.0");
        (await newer.Get("mlflow/server-info"))
            .ToJsonString()
            .ShouldBe("""{"store_type":"SqlStore","workspaces_enabled":false,"trace_archival_enabled":false}""");
    }

    [Fact]
    public async Task a_path_before_the_api_chooses_the_project_and_keeps_to_it()
    {
        using var other = new MlflowClient(Server.Http + "/projects/other/locations/europe-west4");
        var name = Name();
        var id = (string)(await other.Post("mlflow/experiments/create", new { name }))["experiment_id"]!;
        (await Mlflow.Refused(HttpMethod.Get, $"mlflow/experiments/get-by-name?experiment_name={name}", null)).Status.ShouldBe(
            HttpStatusCode.NotFound
        );
        ((string)(await other.Get("mlflow/experiments/get-by-name", ("experiment_name", name)))["experiment"]!["experiment_id"]!).ShouldBe(
            id
        );
        (await other.Refused(HttpMethod.Get, "mlflow/experiments/get?experiment_id=0", null)).Status.ShouldBe(HttpStatusCode.NotFound);
        var mine = await Run(Name());
        (await other.Refused(HttpMethod.Get, $"mlflow/runs/get?run_id={mine["info"]!["run_id"]}", null)).Status.ShouldBe(
            HttpStatusCode.NotFound
        );
    }
}

public sealed class MlflowRefusalOnSqlite(SqliteMlflowServer server) : MlflowRefusalConformance(server), IClassFixture<SqliteMlflowServer>;

public sealed class MlflowRefusalOnPostgreSql(PostgresMlflowServer server)
    : MlflowRefusalConformance(server),
        IClassFixture<PostgresMlflowServer>;
