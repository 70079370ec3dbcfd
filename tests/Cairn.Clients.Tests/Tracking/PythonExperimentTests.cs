using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Cairn.Clients.Tests.Models;

namespace Cairn.Clients.Tests.Tracking;

/// <summary>
/// What google-cloud-aiplatform sends over REST for experiments, runs and executions, request by request as it was recorded, and what it
/// needs back: enums in requests are numbers, updates carry no mask and whole resources with output-only fields, and a missing resource is
/// a 404 that it acts on.
/// </summary>
public sealed class PythonExperimentTests(ModelsServer server) : IClassFixture<ModelsServer>
{
    private const string Location = "projects/demo/locations/europe-west3";
    private const string Store = Location + "/metadataStores/default";
    private const string Run =
        """ "displayName": "run-1", "createTime": "2026-11-20T23:58:23Z", "updateTime": "2026-11-20T23:58:23Z", "schemaTitle": "system.ExperimentRun", "schemaVersion": "0.0.1" """;

    private readonly HttpClient _http = new() { BaseAddress = new Uri(server.Process.Http) };

    [Fact]
    public async Task an_experiment_is_set_up_logged_to_and_read_as_a_table()
    {
        // aiplatform.init(experiment=…), the first time
        await SendAsync(HttpMethod.Get, Store, expected: HttpStatusCode.NotFound);
        var operation = await SendAsync(HttpMethod.Post, $"{Location}/metadataStores?metadataStoreId=default", "{}");
        operation["name"]!.GetValue<string>().ShouldMatch($"^{Location}/operations/[0-9]+$");
        using (var polled = await _http.GetAsync($"/ui/{operation["name"]}"))
        {
            var done = JsonNode.Parse(await polled.Content.ReadAsStringAsync())!;
            done["done"]!.GetValue<bool>().ShouldBeTrue();
            done["response"]!["@type"]!.GetValue<string>().ShouldBe("type.googleapis.com/google.cloud.aiplatform.v1.MetadataStore");
            done["response"]!["name"]!.GetValue<string>().ShouldBe(Store);
        }

        await SendAsync(HttpMethod.Get, Store);
        var missing = await SendAsync(HttpMethod.Get, $"{Store}/contexts/exp1", expected: HttpStatusCode.NotFound);
        missing["error"]!["status"]!.GetValue<string>().ShouldBe("NOT_FOUND");
        var experiment = await SendAsync(
            HttpMethod.Post,
            $"{Store}/contexts?contextId=exp1",
            """{"displayName": "exp1", "schemaTitle": "system.Experiment", "schemaVersion": "0.0.1", "metadata": {"experiment_deleted": false}, "description": "d"}"""
        );
        experiment["name"]!.GetValue<string>().ShouldBe($"{Store}/contexts/exp1");
        var backed = await SendAsync(
            HttpMethod.Patch,
            $"{Store}/contexts/exp1",
            """{"displayName": "exp1", "createTime": "2026-11-20T23:58:23Z", "updateTime": "2026-11-20T23:58:23Z", "schemaTitle": "system.Experiment", "schemaVersion": "0.0.1", "metadata": {"experiment_deleted": false, "backing_tensorboard_resource": "LOCATION/tensorboards/1"}, "description": "d"}""".Replace(
                "LOCATION",
                Location,
                StringComparison.Ordinal
            )
        );
        backed["metadata"]!["backing_tensorboard_resource"]!.GetValue<string>().ShouldBe($"{Location}/tensorboards/1");
        backed["metadata"]!["experiment_deleted"]!.GetValue<bool>().ShouldBeFalse();

        // start_run
        await SendAsync(
            HttpMethod.Post,
            $"{Store}/contexts?contextId=exp1-run-1",
            """{"displayName": "run-1", "schemaTitle": "system.ExperimentRun", "schemaVersion": "0.0.1", "metadata": {"_params": {}, "_metrics": {}, "_state": "RUNNING"}}"""
        );
        await SendAsync(HttpMethod.Get, $"{Store}/artifacts/exp1-run-1-tb-run", expected: HttpStatusCode.NotFound);
        var board = await SendAsync(
            HttpMethod.Post,
            $"{Store}/artifacts?artifactId=exp1-run-1-tb-run",
            """{"uri": "https://http/v1/LOCATION/tensorboards/1", "state": 2, "schemaTitle": "google.VertexTensorboardRun", "schemaVersion": "0.0.1", "metadata": {"resourceName": "LOCATION/tensorboards/1/experiments/exp1/runs/run-1", "vertex_experiment_tracking": true}}""".Replace(
                "LOCATION",
                Location,
                StringComparison.Ordinal
            )
        );
        board["state"]!.GetValue<string>().ShouldBe("LIVE");
        (
            await SendAsync(
                HttpMethod.Post,
                $"{Store}/contexts/exp1-run-1:addContextArtifactsAndExecutions",
                $$"""{"artifacts": ["{{Store}}/artifacts/exp1-run-1-tb-run"]}"""
            )
        )
            .ToJsonString()
            .ShouldBe("{}");
        (
            await SendAsync(
                HttpMethod.Post,
                $"{Store}/contexts/exp1:addContextChildren",
                $$"""{"childContexts": ["{{Store}}/contexts/exp1-run-1"]}"""
            )
        )
            .ToJsonString()
            .ShouldBe("{}");

        // log_params, log_metrics: the whole context as it was read before it had a parent
        var logged = await PatchRunAsync("""{"_params": {"epochs": 1.0, "lr": 0.1, "opt": "adam"}, "_metrics": {}, "_state": "RUNNING"}""");
        logged["parentContexts"]![0]!.GetValue<string>().ShouldBe($"{Store}/contexts/exp1");
        logged["metadata"]!["_params"]!["opt"]!.GetValue<string>().ShouldBe("adam");
        logged["metadata"]!["_params"]!["lr"]!.GetValue<double>().ShouldBe(0.1);
        await PatchRunAsync(
            """{"_params": {"epochs": 1.0, "lr": 0.1, "opt": "adam"}, "_metrics": {"acc": 0.9, "loss": 0.1}, "_state": "RUNNING"}"""
        );

        // log_classification_metrics
        var metrics = await SendAsync(
            HttpMethod.Post,
            $"{Store}/artifacts",
            """{"displayName": "cm", "state": 2, "schemaTitle": "google.ClassificationMetrics", "schemaVersion": "0.0.1", "metadata": {"confusionMatrix": {"annotationSpecs": [{"displayName": "a"}, {"displayName": "b"}], "rows": [[1.0, 2.0], [3.0, 4.0]]}, "confidenceMetrics": [{"confidenceThreshold": 1.0, "recall": 0.0, "falsePositiveRate": 0.0}]}}"""
        );
        (await SendAsync(HttpMethod.Get, metrics["name"]!.GetValue<string>()))["metadata"]!["confusionMatrix"]!["rows"]![1]![0]!
            .GetValue<double>()
            .ShouldBe(3);
        await SendAsync(
            HttpMethod.Post,
            $"{Store}/contexts/exp1-run-1:addContextArtifactsAndExecutions",
            $$"""{"artifacts": ["{{metrics["name"]}}"]}"""
        );

        // end_run, then another run
        (
            await PatchRunAsync(
                """{"_params": {"epochs": 1.0, "lr": 0.1, "opt": "adam"}, "_metrics": {"acc": 0.9, "loss": 0.1}, "_state": "COMPLETE"}"""
            )
        )["metadata"]!["_state"]!
            .GetValue<string>()
            .ShouldBe("COMPLETE");
        await SendAsync(
            HttpMethod.Post,
            $"{Store}/contexts?contextId=exp1-run-2",
            """{"displayName": "run-2", "schemaTitle": "system.ExperimentRun", "schemaVersion": "0.0.1", "metadata": {"_params": {}, "_metrics": {}, "_state": "RUNNING"}}"""
        );
        await SendAsync(
            HttpMethod.Post,
            $"{Store}/contexts/exp1:addContextChildren",
            $$"""{"childContexts": ["{{Store}}/contexts/exp1-run-2"]}"""
        );

        // get_experiment_df, Experiment.list, ExperimentRun.list, get_classification_metrics
        var table = await ListAsync(
            "contexts",
            $"(schema_title=\"system.ExperimentRun\" OR schema_title=\"system.PipelineRun\") AND parent_contexts:\"{Store}/contexts/exp1\""
        );
        table.Select(static run => run["displayName"]!.GetValue<string>()).Order().ShouldBe(["run-1", "run-2"]);
        table.Single(static run => run["displayName"]!.GetValue<string>() == "run-1")["metadata"]!["_metrics"]!["acc"]!
            .GetValue<double>()
            .ShouldBe(0.9);
        (await ListAsync("executions", $"(schema_title=\"system.Run\") AND in_context(\"{Store}/contexts/exp1\")")).ShouldBeEmpty();
        (await ListAsync("contexts", "schema_title=\"system.Experiment\"")).Single()["displayName"]!.GetValue<string>().ShouldBe("exp1");
        (
            await ListAsync("contexts", $"schema_title=\"system.ExperimentRun\" AND parent_contexts:\"{Store}/contexts/exp1\"")
        ).Count.ShouldBe(2);
        (
            await ListAsync("artifacts", $"schema_title=\"google.ClassificationMetrics\" AND in_context(\"{Store}/contexts/exp1-run-1\")")
        ).Single()["displayName"]!
            .GetValue<string>()
            .ShouldBe("cm");
        (await ListAsync("artifacts", $"in_context(\"{Store}/contexts/exp1-run-1\")")).Count.ShouldBe(2);

        // Experiment.delete
        string[] names = ["artifacts/exp1-run-1-tb-run", "contexts/exp1-run-1", "contexts/exp1-run-2", "contexts/exp1"];
        foreach (var name in names)
        {
            var deleted = await SendAsync(HttpMethod.Delete, $"{Store}/{name}");
            deleted["response"]!["@type"]!.GetValue<string>().ShouldBe("type.googleapis.com/google.protobuf.Empty");
        }

        // The artifact of a run with series answers, stored or not, as long as the run is there.
        foreach (var name in names)
        {
            await SendAsync(HttpMethod.Get, $"{Store}/{name}", expected: HttpStatusCode.NotFound);
        }
    }

    [Fact]
    public async Task an_execution_is_started_given_artifacts_and_completed()
    {
        const string store = "projects/demo/locations/europe-west1/metadataStores/default";
        await SendAsync(
            HttpMethod.Post,
            $"{store}/contexts?contextId=exp2-run-1",
            """{"displayName": "run-1", "schemaTitle": "system.ExperimentRun", "schemaVersion": "0.0.1", "metadata": {"_params": {}, "_metrics": {}, "_state": "RUNNING"}}"""
        );
        var data = await SendAsync(
            HttpMethod.Post,
            $"{store}/artifacts",
            """{"displayName": "dsart", "uri": "gs://demo/data.csv", "state": 2, "schemaTitle": "system.Dataset", "metadata": {"x": 1.0}}"""
        );
        var model = await SendAsync(
            HttpMethod.Post,
            $"{store}/artifacts",
            """{"displayName": "mart", "uri": "gs://demo/model", "state": 2, "schemaTitle": "system.Model", "metadata": {}}"""
        );
        var execution = (
            await SendAsync(
                HttpMethod.Post,
                $"{store}/executions",
                """{"displayName": "train", "state": 2, "schemaTitle": "system.ContainerExecution", "metadata": {}}"""
            )
        )["name"]!.GetValue<string>();
        await SendAsync(
            HttpMethod.Post,
            $"{store}/contexts/exp2-run-1:addContextArtifactsAndExecutions",
            $$"""{"executions": ["{{execution}}"]}"""
        );
        foreach (var (artifact, type) in ((JsonNode, int)[])[(data, 1), (model, 2)])
        {
            await SendAsync(
                HttpMethod.Post,
                $"{store}/contexts/exp2-run-1:addContextArtifactsAndExecutions",
                $$"""{"artifacts": ["{{artifact["name"]}}"]}"""
            );
            (
                await SendAsync(
                    HttpMethod.Post,
                    $"{execution}:addExecutionEvents",
                    $$"""{"events": [{"artifact": "{{artifact["name"]}}", "type": {{type}}}]}"""
                )
            )
                .ToJsonString()
                .ShouldBe("{}");
        }

        var graph = await SendAsync(HttpMethod.Get, $"{execution}:queryExecutionInputsAndOutputs");
        graph["artifacts"]!.AsArray().Count.ShouldBe(2);
        graph["events"]!.AsArray().Single(static e => e!["type"]!.GetValue<string>() == "OUTPUT")!["artifact"]!
            .GetValue<string>()
            .ShouldBe(model["name"]!.GetValue<string>());
        var ended = await SendAsync(
            HttpMethod.Patch,
            execution,
            """{"displayName": "train", "state": 3, "createTime": "2026-11-20T23:58:23Z", "updateTime": "2026-11-20T23:58:23Z", "schemaTitle": "system.ContainerExecution", "metadata": {}}"""
        );
        ended["state"]!.GetValue<string>().ShouldBe("COMPLETE");
        (await SendAsync(HttpMethod.Get, $"{store}/contexts/exp2-run-1:queryContextLineageSubgraph"))["executions"]!
            .AsArray()
            .Count.ShouldBe(1);
        (await ListAsync("artifacts", "uri = \"gs://demo/model\"", store)).Single()["displayName"]!.GetValue<string>().ShouldBe("mart");
    }

    private Task<JsonNode> PatchRunAsync(string metadata) =>
        SendAsync(HttpMethod.Patch, $"{Store}/contexts/exp1-run-1", "{" + Run + ", \"metadata\": " + metadata + "}");

    private async Task<List<JsonNode>> ListAsync(string collection, string filter, string store = Store) =>
        [
            .. (await SendAsync(HttpMethod.Get, $"{store}/{collection}?filter={Uri.EscapeDataString(filter)}"))[collection]
                ?.AsArray()
                .Select(static node => node!)
                ?? [],
        ];

    private async Task<JsonNode> SendAsync(HttpMethod method, string path, string? json = null, HttpStatusCode expected = HttpStatusCode.OK)
    {
        using var request = new HttpRequestMessage(
            method,
            $"/v1/{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}%24alt=json%3Benum-encoding%3Dint"
        )
        {
            Content = json is null ? null : new StringContent(json, Encoding.UTF8, "application/json"),
        };
        using var response = await _http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        response.StatusCode.ShouldBe(expected, $"{method} {path}\n{text}");
        return JsonNode.Parse(text)!;
    }
}
