using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Cairn.Testing;

namespace Cairn.Training.Tests;

/// <summary>A server with a bucket, and the calls of a training as the Python SDK sends them.</summary>
internal sealed class TrainingServer : IAsyncDisposable
{
    public const string Location = "/v1/projects/demo/locations/us-central1";
    public const string Output = "gs://trained/out";
    private const string Image = "us-docker.pkg.dev/vertex-ai/training/sklearn-cpu.1-0:latest";

    /// <summary>Fits a model and leaves it where the training is told to.</summary>
    public const string Fit = """
        import os, joblib
        from sklearn.linear_model import LogisticRegression
        folder = os.environ['AIP_MODEL_DIR'].replace('gs://', '/gcs/')
        os.makedirs(folder, exist_ok=True)
        joblib.dump(LogisticRegression().fit([[0.0], [1.0]], [0, 1]), os.path.join(folder, 'model.joblib'))
        """;

    private HttpClient _http = null!;

    public ServerProcess Process { get; private set; } = null!;

    public static async Task<TrainingServer> StartAsync(params string[] arguments)
    {
        if (!Directory.Exists("/usr/lib/python3/dist-packages/sklearn"))
        {
            Assert.Skip("Debian's python3-sklearn is not installed.");
        }

        var server = new TrainingServer { Process = await ServerProcess.StartAsync(arguments: arguments) };
        server._http = new HttpClient { BaseAddress = new Uri(server.Process.Http) };
        await server.PostAsync("/storage/v1/b?project=demo", new JsonObject { ["name"] = "trained" });
        return server;
    }

    /// <summary>What CustomContainerTrainingJob.run sends: snake_case and camelCase mixed, numbers as doubles.</summary>
    public static JsonObject Pipeline(string script, bool upload = true)
    {
        var pipeline = JsonNode
            .Parse(
                """
                {
                  "displayName": "cctj",
                  "trainingTaskDefinition": "gs://google-cloud-aiplatform/schema/trainingjob/definition/custom_task_1.0.0.yaml",
                  "trainingTaskInputs": {
                    "worker_pool_specs": [{
                      "machine_spec": {"machine_type": "n1-standard-4"}, "replica_count": 1.0,
                      "disk_spec": {"boot_disk_type": "pd-ssd", "boot_disk_size_gb": 100.0},
                      "containerSpec": {}
                    }],
                    "base_output_directory": {"output_uri_prefix": "gs://trained/out"}
                  }
                }
                """
            )!
            .AsObject();
        pipeline["trainingTaskInputs"]!["worker_pool_specs"]![0]!["containerSpec"] = new JsonObject
        {
            ["imageUri"] = Image,
            ["command"] = new JsonArray("python3", "-c", script),
        };
        if (upload)
        {
            pipeline["modelToUpload"] = JsonNode.Parse(
                """{"displayName": "m2", "containerSpec": {"imageUri": "us-docker.pkg.dev/vertex-ai/prediction/sklearn-cpu.1-0:latest"}, "versionAliases": ["default"]}"""
            );
        }

        return pipeline;
    }

    public async Task<string> CreateAsync(JsonObject pipeline) =>
        (string)(await PostAsync($"{Location}/trainingPipelines", pipeline))["name"]!;

    /// <summary>The pipeline once it has ended.</summary>
    public async Task<JsonNode> EndAsync(string name)
    {
        JsonNode pipeline = null!;
        await Poll.UntilAsync(
            async () =>
            {
                pipeline = await GetAsync("/v1/" + name);
                return (string)pipeline["state"]! is "PIPELINE_STATE_SUCCEEDED" or "PIPELINE_STATE_FAILED" or "PIPELINE_STATE_CANCELLED";
            },
            $"{name} to end",
            TimeSpan.FromSeconds(180)
        );
        return pipeline;
    }

    public async Task<JsonNode> GetAsync(string path) => JsonNode.Parse(await _http.GetStringAsync(path))!;

    public async Task<JsonNode> PostAsync(string path, JsonObject body)
    {
        var (status, answer) = await TryPostAsync(path, body);
        status.ShouldBe(200, answer.ToJsonString());
        return answer;
    }

    public async Task<(int Status, JsonNode Answer)> TryPostAsync(string path, JsonObject body)
    {
        using var response = await _http.PostAsJsonAsync(path, body);
        return ((int)response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync())!);
    }

    public async Task<JsonNode> PatchAsync(string path, JsonObject body)
    {
        using var response = await _http.PatchAsJsonAsync(path, body);
        var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        ((int)response.StatusCode).ShouldBe(200, answer.ToJsonString());
        return answer;
    }

    /// <summary>Puts an object into the bucket.</summary>
    public async Task UploadAsync(string name, byte[] content)
    {
        using var response = await _http.PostAsync(RestClient.UploadPath("trained", name), new ByteArrayContent(content));
        ((int)response.StatusCode).ShouldBe(200);
    }

    /// <summary>An object's text.</summary>
    public Task<string> TextAsync(string name) => _http.GetStringAsync(RestClient.ObjectPath("trained", name) + "?alt=media");

    public async Task<int> DeleteAsync(string path)
    {
        using var response = await _http.DeleteAsync(path);
        return (int)response.StatusCode;
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await Process.DisposeAsync();
    }
}
