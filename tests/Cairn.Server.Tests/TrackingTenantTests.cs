using System.Net;
using System.Text.Json.Nodes;
using Cairn.Testing;

namespace Cairn.Server.Tests;

/// <summary>
/// The boundary between projects where experiments, runs, their metadata, tensorboards and logs are: a token of one project reads and
/// writes nothing of another's, through no door. Every call is also made by the owner, who has to succeed, so that none is refused for its
/// form.
/// </summary>
public sealed class TrackingTenantTests : IAsyncLifetime
{
    private const string Theirs = "projects/theirs/locations/us-central1";
    private const string Store = $"{Theirs}/metadataStores/default";

    private readonly ScratchDirectory _scratch = new();
    private readonly List<RestClient> _clients = [];
    private readonly Dictionary<string, string> _names = [];
    private CairnServer _server = null!;
    private RestClient _root = null!;
    private RestClient _owner = null!;
    private RestClient _stranger = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await CairnServer.StartAsync(RunningServer.Options(_scratch["data"]) with { Authentication = true });
        _root = Client(await RunningServer.AdministratorAsync(_scratch["data"]));
        _owner = await TokenAsync("theirs");
        _stranger = await TokenAsync("mine");
        await FillAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _clients.ForEach(static client => client.Dispose());
        await _server.DisposeAsync();
        _scratch.Dispose();
    }

    [Fact]
    public Task over_vertex() =>
        NoneAsync(
            HttpStatusCode.Forbidden,
            ("GET", $"/v1/{Theirs}/tensorboards", null),
            ("GET", "/v1/{board}", null),
            ("PATCH", "/v1/{board}?updateMask=description", """{"description": "taken"}"""),
            ("GET", "/v1/{board}/experiments", null),
            ("GET", "/v1/{board}/experiments/exp", null),
            ("POST", "/v1/{board}/experiments?tensorboardExperimentId=planted", "{}"),
            ("GET", "/v1/{board}/experiments/exp/runs", null),
            ("POST", "/v1/{board}/experiments/exp/runs?tensorboardRunId=planted", """{"displayName": "planted"}"""),
            ("GET", "/v1/{board}/experiments/exp/runs/{run slug}/timeSeries", null),
            ("POST", "/v1/{board}/experiments/exp/runs/{run slug}/timeSeries", """{"displayName": "planted", "valueType": "SCALAR"}"""),
            ("GET", "/v1/{board}:readUsage", null),
            ("GET", "/v1/{board}:readSize", null),
            ("GET", $"/v1/{Theirs}/metadataStores", null),
            ("GET", $"/v1/{Store}", null),
            ("GET", $"/v1/{Store}/artifacts", null),
            ("GET", $"/v1/{Store}/artifacts/data", null),
            ("POST", $"/v1/{Store}/artifacts?artifactId=planted", """{"displayName": "planted"}"""),
            ("PATCH", $"/v1/{Store}/artifacts/data?updateMask=description", """{"description": "taken"}"""),
            ("GET", $"/v1/{Store}/artifacts/data:queryArtifactLineageSubgraph", null),
            ("GET", $"/v1/{Store}/executions", null),
            ("POST", $"/v1/{Store}/executions?executionId=planted", """{"displayName": "planted"}"""),
            ("GET", $"/v1/{Store}/executions/work:queryExecutionInputsAndOutputs", null),
            (
                "POST",
                $"/v1/{Store}/executions/work:addExecutionEvents",
                $$"""{"events": [{"artifact": "{{Store}}/artifacts/data", "type": "INPUT"}]}"""
            ),
            ("GET", $"/v1/{Store}/contexts", null),
            ("GET", $"/v1/{Store}/contexts/exp", null),
            ("GET", $"/v1/{Store}/contexts/exp-{{run slug}}", null),
            ("POST", $"/v1/{Store}/contexts?contextId=planted-too", """{"displayName": "planted", "schemaTitle": "system.Experiment"}"""),
            ("PATCH", $"/v1/{Store}/contexts/exp-{{run slug}}?updateMask=metadata", """{"metadata": {"_metrics": {"acc": 1}}}"""),
            ("GET", $"/v1/{Store}/contexts/exp:queryContextLineageSubgraph", null),
            ("POST", $"/v1/{Store}/contexts/exp:addContextArtifactsAndExecutions", $$"""{"artifacts": ["{{Store}}/artifacts/data"]}"""),
            ("GET", $"/v1/{Store}/metadataSchemas", null),
            ("POST", "/v2/entries:list", """{"resourceNames": ["projects/theirs"]}"""),
            ("POST", "/v2/entries:write", """{"logName": "projects/theirs/logs/planted", "entries": [{"textPayload": "planted"}]}"""),
            ("GET", "/v2/projects/theirs/logs", null),
            ("DELETE", "/v2/projects/theirs/logs/app", null),
            ("DELETE", $"/v1/{Store}/executions/work", null),
            ("DELETE", $"/v1/{Store}/artifacts/data", null),
            ("DELETE", $"/v1/{Store}/contexts/exp-{{run slug}}", null),
            ("DELETE", "/v1/{board}", null)
        );

    [Theory]
    [InlineData("")]
    [InlineData("/" + Theirs)]
    public Task over_mlflow(string prefix) =>
        NoneAsync(
            HttpStatusCode.NotFound,
            [
                .. new (string Method, string Path, string? Body)[]
                {
                    ("GET", "experiments/get?experiment_id={experiment}", null),
                    ("POST", "experiments/update", """{"experiment_id": "{experiment}", "new_name": "exp"}"""),
                    ("POST", "experiments/set-experiment-tag", """{"experiment_id": "{experiment}", "key": "a", "value": "taken"}"""),
                    ("POST", "runs/create", """{"experiment_id": "{experiment}", "run_name": "planted"}"""),
                    ("GET", "runs/get?run_id={run}", null),
                    ("POST", "runs/update", """{"run_id": "{run}", "status": "FINISHED"}"""),
                    ("POST", "runs/log-metric", """{"run_id": "{run}", "key": "acc", "value": 1, "timestamp": 1}"""),
                    ("POST", "runs/log-parameter", """{"run_id": "{run}", "key": "planted", "value": "1"}"""),
                    (
                        "POST",
                        "runs/log-batch",
                        """{"run_id": "{run}", "metrics": [{"key": "acc", "value": 1, "timestamp": 1, "step": 9}], "params": [{"key": "p2", "value": "1"}], "tags": [{"key": "t", "value": "1"}]}"""
                    ),
                    (
                        "POST",
                        "runs/log-inputs",
                        """{"run_id": "{run}", "datasets": [{"dataset": {"name": "d", "digest": "1", "source_type": "s", "source": "x"}}]}"""
                    ),
                    ("POST", "runs/set-tag", """{"run_id": "{run}", "key": "t", "value": "taken"}"""),
                    ("POST", "runs/delete-tag", """{"run_id": "{run}", "key": "t"}"""),
                    ("GET", "metrics/get-history?run_id={run}&metric_key=acc", null),
                    ("GET", "artifacts/list?run_id={run}", null),
                    ("GET", "logged-models/{model}", null),
                    ("PATCH", "logged-models/{model}/tags", """{"tags": [{"key": "a", "value": "taken"}]}"""),
                    ("GET", "registered-models/get?name=registered", null),
                    ("PATCH", "registered-models/update", """{"name": "registered", "description": "taken"}"""),
                    ("POST", "registered-models/set-tag", """{"name": "registered", "key": "a", "value": "taken"}"""),
                    ("POST", "runs/delete", """{"run_id": "{run}"}"""),
                    ("POST", "runs/restore", """{"run_id": "{run}"}"""),
                    ("POST", "experiments/delete", """{"experiment_id": "{experiment}"}"""),
                    ("POST", "experiments/restore", """{"experiment_id": "{experiment}"}"""),
                    ("DELETE", "registered-models/delete", """{"name": "registered"}"""),
                }.Select(call => (call.Method, $"{prefix}/api/2.0/mlflow/{call.Path}", call.Body)),
                ("GET", prefix + "/api/2.0/mlflow-artifacts/artifacts/{experiment}/{run}/artifacts/notes.txt", null),
                ("PUT", prefix + "/api/2.0/mlflow-artifacts/artifacts/{experiment}/{run}/artifacts/planted.txt", "planted"),
                ("GET", prefix + "/get-artifact?run_id={run}&path=notes.txt", null),
                ("DELETE", prefix + "/api/2.0/mlflow-artifacts/artifacts/{experiment}/{run}/artifacts/notes.txt", null),
            ]
        );

    [Fact]
    public async Task searches_find_nothing_of_another_project()
    {
        const string mlflow = "/api/2.0/mlflow/";
        foreach (
            var (path, body, member) in ((string, string, string)[])
                [
                    ("experiments/search", """{"max_results": 100}""", "experiments"),
                    ("runs/search", """{"experiment_ids": ["{experiment}"]}""", "runs"),
                    ("logged-models/search", """{"experiment_ids": ["{experiment}"]}""", "models"),
                ]
        )
        {
            (await SearchAsync(_stranger, path, body)).ShouldNotContain("of theirs", Case.Sensitive, path);
            (await SearchAsync(_owner, path, body)).ShouldContain("of theirs", Case.Sensitive, $"{path} {member}");
        }

        (await _stranger.TrySendAsync(HttpMethod.Get, $"{mlflow}registered-models/search"))
            .Body.ToJsonString()
            .ShouldNotContain("registered\"");
        (await _stranger.TrySendAsync(HttpMethod.Get, $"{mlflow}experiments/get-by-name?experiment_name=exp")).Status.ShouldBe(
            HttpStatusCode.NotFound
        );
        (await _stranger.TrySendAsync(HttpMethod.Get, $"/{Theirs}{mlflow}experiments/search?max_results=10")).Status.ShouldBeOneOf(
            HttpStatusCode.Forbidden,
            HttpStatusCode.NotFound
        );

        async Task<string> SearchAsync(RestClient client, string path, string body) =>
            (await client.TrySendAsync(HttpMethod.Post, mlflow + path, JsonNode.Parse(Fill(body)))).Body.ToJsonString();
    }

    [Fact]
    public async Task nodes_of_another_project_are_tied_to_none_of_ones_own()
    {
        const string mine = "projects/mine/locations/us-central1/metadataStores/default";
        await _stranger.PostAsync($"/v1/{mine}/contexts?contextId=net", new { displayName = "net", schemaTitle = "system.Pipeline" });
        await _stranger.PostAsync($"/v1/{mine}/executions?executionId=probe", new { displayName = "probe" });

        (
            await _stranger.TrySendAsync(
                HttpMethod.Post,
                $"/v1/{mine}/contexts/net:addContextArtifactsAndExecutions",
                new { artifacts = new[] { $"{Store}/artifacts/data" } }
            )
        ).Status.ShouldBeOneOf(HttpStatusCode.Forbidden, HttpStatusCode.BadRequest);
        (
            await _stranger.TrySendAsync(
                HttpMethod.Post,
                $"/v1/{mine}/contexts/net:addContextChildren",
                new { childContexts = new[] { $"{Store}/contexts/exp" } }
            )
        ).Status.ShouldBeOneOf(HttpStatusCode.Forbidden, HttpStatusCode.BadRequest);
        (
            await _stranger.TrySendAsync(
                HttpMethod.Post,
                $"/v1/{mine}/executions/probe:addExecutionEvents",
                JsonNode.Parse($$"""{"events": [{"artifact": "{{Store}}/artifacts/data", "type": "INPUT"}]}""")
            )
        ).Status.ShouldBeOneOf(HttpStatusCode.Forbidden, HttpStatusCode.BadRequest);
        var filter = Uri.EscapeDataString($"in_context(\"{Store}/contexts/exp\")");
        (await _stranger.TrySendAsync(HttpMethod.Get, $"/v1/{mine}/artifacts?filter={filter}")).Body["artifacts"].ShouldBeNull();
    }

    [Fact]
    public async Task the_log_of_another_project_is_not_tailed()
    {
        await using var call = new GrpcStream(_server.GrpcAddress, "/google.logging.v2.LoggingServiceV2/TailLogEntries", _stranger.Token);
        await call.SendAsync(new Google.Cloud.Logging.V2.TailLogEntriesRequest { ResourceNames = { "projects/theirs" } });

        (await call.StatusAsync()).Status.ShouldBe(7);
    }

    /// <summary>What the other project has.</summary>
    private async Task FillAsync()
    {
        var mlflow = $"/{Theirs}/api/2.0/mlflow/";
        _names["experiment"] = (string)
            (
                await _owner.PostAsync(
                    mlflow + "experiments/create",
                    new { name = "exp", tags = new[] { new { key = "whose", value = "of theirs" } } }
                )
            )["experiment_id"]!;
        var run = (
            await _owner.PostAsync(
                mlflow + "runs/create",
                new
                {
                    experiment_id = _names["experiment"],
                    run_name = "first",
                    tags = new[] { new { key = "whose", value = "of theirs" } },
                }
            )
        )["run"]!["info"]!;
        _names["run"] = (string)run["run_id"]!;
        _names["run slug"] = "first";
        await _owner.PostAsync(
            mlflow + "runs/log-metric",
            new
            {
                run_id = _names["run"],
                key = "acc",
                value = 0.5,
                timestamp = 1,
            }
        );
        await _owner.SendAsync(
            HttpMethod.Put,
            $"/{Theirs}/api/2.0/mlflow-artifacts/artifacts/{_names["experiment"]}/{_names["run"]}/artifacts/notes.txt",
            new StringContent("of theirs")
        );
        await _owner.PostAsync(mlflow + "registered-models/create", new { name = "registered" });
        _names["model"] = (string)
            (await _owner.PostAsync(mlflow + "logged-models", new { experiment_id = _names["experiment"], name = "of theirs" }))["model"]![
                "info"
            ]!["model_id"]!;
        _names["board"] = (string)
            (await _owner.OperateAsync($"/v1/{Theirs}/tensorboards", new { displayName = "board", isDefault = true }))["name"]!;
        await _owner.PostAsync($"/v1/{Store}/artifacts?artifactId=data", new { displayName = "data", uri = "gs://theirs/data" });
        await _owner.PostAsync($"/v1/{Store}/executions?executionId=work", new { displayName = "work" });
        await _owner.PostAsync(
            "/v2/entries:write",
            JsonNode.Parse("""{"logName": "projects/theirs/logs/app", "entries": [{"textPayload": "of theirs"}]}""")!
        );
    }

    /// <summary>Each call is refused to the stranger, and then made by the owner, in order.</summary>
    private async Task NoneAsync(HttpStatusCode usual, params (string Method, string Path, string? Body)[] calls)
    {
        var wrong = new List<string>();
        foreach (var (method, path, body) in calls)
        {
            var (status, answer) = await _stranger.TrySendAsync(new HttpMethod(method), Fill(path), Content(body));
            if (status != usual && status != HttpStatusCode.Forbidden)
            {
                wrong.Add($"the stranger's {method} {path}: {(int)status} {answer.ToJsonString()}");
            }
        }

        foreach (var (method, path, body) in calls)
        {
            var (status, answer) = await _owner.TrySendAsync(new HttpMethod(method), Fill(path), Content(body));
            if ((int)status >= 300)
            {
                wrong.Add($"the owner's {method} {path}: {(int)status} {answer.ToJsonString()}");
            }
        }

        wrong.ShouldBeEmpty();
    }

    private string Fill(string text) => _names.Aggregate(text, static (filled, name) => filled.Replace("{" + name.Key + "}", name.Value));

    private HttpContent? Content(string? body) =>
        body is null ? null : new StringContent(Fill(body), System.Text.Encoding.UTF8, "application/json");

    private static string Address(CairnServer server) => server.HttpUrl.ToString().TrimEnd('/');

    private async Task<RestClient> TokenAsync(string project) =>
        Client(
            (string)
                (
                    await _root.PostAsync(
                        "/cairn/v1/tokens",
                        new JsonObject
                        {
                            ["name"] = "someone",
                            ["role"] = "editor",
                            ["project"] = project,
                        }
                    )
                )["token"]!
        );

    private RestClient Client(string token)
    {
        var client = new RestClient(Address(_server), token);
        _clients.Add(client);
        return client;
    }
}
