using System.Text.Json.Nodes;
using Cairn.Testing;

namespace Cairn.Jobs.Tests.Jobs;

/// <summary>Jobs that start from weights that are there.</summary>
public sealed class WarmStartTests(Server server)
{
    private const string Program = """
        import os
        start = os.environ.get("AIP_INITIAL_WEIGHTS_URI")
        weights = open(start.replace("gs://", "/gcs/") + "/weights.txt").read() if start else "nothing"
        folder = os.environ["AIP_MODEL_DIR"].replace("gs://", "/gcs/")
        os.makedirs(folder)
        open(folder + "/weights.txt", "w").write(weights + "+")
        print("from", weights)
        """;

    private readonly JobsClient _client = server.Client;

    [Fact]
    public async Task an_address_is_given_to_the_task_and_recorded_as_what_the_job_read()
    {
        await _client.UploadAsync("warm/base/weights.txt", "base"u8.ToArray());
        var ended = await _client.RunAsync(Job("address", $"gs://{JobsClient.Bucket}/warm/base"));

        (await _client.LinesAsync((string)ended["name"]!)).ShouldBe(["from base"], ended.ToJsonString());
        using var rest = new RestClient(server.Process.Http);
        var graph = await rest.GetAsync(
            $"/v1/{_client.Parent}/metadataStores/default/executions/custom-job-{((string)ended["name"]!).Split('/')[^1]}:queryExecutionInputsAndOutputs"
        );
        graph["artifacts"]!
            .AsArray()
            .Select(artifact => ((string)artifact!["uri"]!).TrimEnd('/'))
            .ShouldContain($"gs://{JobsClient.Bucket}/warm/base");
    }

    [Fact]
    public async Task an_earlier_job_and_its_run_are_named_by_their_ids()
    {
        var first = await _client.RunAsync(Job("first", null));
        ((string)first["state"]!).ShouldBe("JOB_STATE_SUCCEEDED", first.ToJsonString());

        var second = await _client.RunAsync(Job("second", $"customJobs/{((string)first["name"]!).Split('/')[^1]}"));

        (await _client.LinesAsync((string)second["name"]!)).ShouldBe(["from nothing+"], second.ToJsonString());
    }

    [Fact]
    public async Task an_artifact_of_a_run_and_a_version_of_a_model_are_named_as_mlflow_and_the_registry_name_them()
    {
        using var rest = new RestClient(server.Process.Http);
        var run = (string)(await rest.PostAsync("/api/2.0/mlflow/runs/create", new { experiment_id = "0" }))["run"]!["info"]!["run_id"]!;
        var uri = (string)(await rest.GetAsync($"/api/2.0/mlflow/runs/get?run_id={run}"))["run"]!["info"]!["artifact_uri"]!;
        using (var http = new HttpClient())
        {
            var path = uri[(uri.IndexOf(":/", StringComparison.Ordinal) + 2)..].TrimStart('/');
            using var put = await http.PutAsync(
                $"{server.Process.Http}/api/2.0/mlflow-artifacts/artifacts/{path}/model/weights.txt",
                new StringContent("logged")
            );
            ((int)put.StatusCode).ShouldBe(200, await put.Content.ReadAsStringAsync());
        }

        var ofRun = await _client.RunAsync(Job("run", $"runs:/{run}/model"));
        (await _client.LinesAsync((string)ofRun["name"]!)).ShouldBe(["from logged"], ofRun.ToJsonString());

        await _client.UploadAsync("warm/registered/weights.txt", "registered"u8.ToArray());
        await _client.UploadAsync("warm/registered/model.joblib", "read by no one here"u8.ToArray());
        await rest.OperateAsync(
            $"/v1/{_client.Parent}/models:upload",
            new
            {
                modelId = "warm-weights",
                model = new
                {
                    displayName = "warm",
                    artifactUri = $"gs://{JobsClient.Bucket}/warm/registered",
                    containerSpec = new { imageUri = "us-docker.pkg.dev/vertex-ai/prediction/sklearn-cpu.1-0:latest" },
                },
            }
        );

        var ofModel = await _client.RunAsync(Job("model", "models:/warm-weights/1"));
        (await _client.LinesAsync((string)ofModel["name"]!)).ShouldBe(["from registered"], ofModel.ToJsonString());
    }

    [Fact]
    public async Task a_warm_up_runs_once_and_is_used_again()
    {
        var key = $"key-{Guid.NewGuid():n}";
        var warm = Job("warm-up-1", $"warm-up:{key}");
        warm["labels"] = new JsonObject { ["warm_up_key"] = key };
        var first = await _client.RunAsync(warm);

        var second = await _client.RunAsync(Job("warm-up-2", $"warm-up:{key}"));

        (await _client.LinesAsync((string)first["name"]!)).ShouldBe(["from nothing"], first.ToJsonString());
        (await _client.LinesAsync((string)second["name"]!)).ShouldBe(["from nothing+"], second.ToJsonString());
    }

    [Theory]
    [InlineData("gs://jobs-tests/warm/absent", "there is no such object or folder")]
    [InlineData("gs://no-such-bucket-of-ours/x", "there is no such object or folder")]
    [InlineData("runs:/0123456789abcdef/model", "there is no run")]
    [InlineData("customJobs/1", "does not exist")]
    [InlineData("models:/none/1", "none")]
    [InlineData("warm-up:A b", "a key has")]
    [InlineData("/etc/passwd", "it must be gs://")]
    public async Task what_is_not_there_is_told_before_the_start(string weights, string part) =>
        (await _client.RefusalAsync(Job("refused", weights))).Message.ShouldContain(part);

    private static JsonObject Job(string output, string? weights)
    {
        var job = JobsClient.Python(Program);
        job["jobSpec"]!["baseOutputDirectory"] = new JsonObject { ["outputUriPrefix"] = $"gs://{JobsClient.Bucket}/out/warm/{output}" };
        if (weights is not null)
        {
            job["jobSpec"]!["workerPoolSpecs"]![0]!["containerSpec"]!["env"] = new JsonArray(
                new JsonObject { ["name"] = "CAIRN_INITIAL_WEIGHTS", ["value"] = weights }
            );
        }

        return job;
    }
}
