using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Cairn.Testing;

namespace Cairn.Server.Tests.Bugs;

/// <summary>
/// A stranger with a token of their own project, who makes buckets of names that the server would give the victim's, and who names what is
/// the victim's in bodies.
/// </summary>
public sealed class SquattedBucketTests : IAsyncLifetime
{
    private const string Mine = "projects/mine/locations/us-central1";
    private const string Theirs = "projects/theirs/locations/us-central1";
    private const string Image = "us-docker.pkg.dev/vertex-ai/training/sklearn-cpu.1-0:latest";

    private readonly ScratchDirectory _scratch = new();
    private readonly List<RestClient> _clients = [];
    private CairnServer _server = null!;
    private RestClient _root = null!;
    private RestClient _victim = null!;
    private RestClient _stranger = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await CairnServer.StartAsync(RunningServer.Options(_scratch["data"]) with { Authentication = true });
        _root = Client(await RunningServer.AdministratorAsync(_scratch["data"]));
        _victim = await TokenAsync("theirs");
        _stranger = await TokenAsync("mine");
    }

    public async ValueTask DisposeAsync()
    {
        _clients.ForEach(static client => client.Dispose());
        await _server.DisposeAsync();
        _scratch.Dispose();
    }

    [Fact]
    public async Task a_bucket_that_another_project_made_never_holds_ones_artifacts()
    {
        var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("theirs")))[..8];
        string[] squatted =
        [
            "theirs-mlflow-artifacts",
            $"theirs-{digest}-mlflow-artifacts",
            "theirs-tensorboard",
            $"theirs-{digest}-tensorboard",
        ];
        foreach (var bucket in squatted)
        {
            await _stranger.CreateBucketAsync(bucket, "mine");
        }

        var experiment = (string)(await _victim.PostAsync("/api/2.0/mlflow/experiments/create", new { name = "exp" }))["experiment_id"]!;
        var run = (string)
            (await _victim.PostAsync("/api/2.0/mlflow/runs/create", new { experiment_id = experiment }))["run"]!["info"]!["run_id"]!;
        await _stranger.UploadAsync(squatted[0], $"{experiment}/{run}/artifacts/model.pkl", "evil"u8.ToArray());
        await _stranger.UploadAsync(squatted[1], $"{experiment}/{run}/artifacts/model.pkl", "evil"u8.ToArray());

        // What the stranger planted is not among the run's files, and what the victim writes is not among the stranger's.
        (await _victim.GetAsync($"/api/2.0/mlflow/artifacts/list?run_id={run}"))["files"]!
            .AsArray()
            .ShouldBeEmpty();
        var path = $"/api/2.0/mlflow-artifacts/artifacts/{experiment}/{run}/artifacts/note.txt";
        (await _victim.TrySendAsync(HttpMethod.Put, path, new ByteArrayContent("secret"u8.ToArray()))).Status.ShouldBe(HttpStatusCode.OK);
        var files = (await _victim.GetAsync($"/api/2.0/mlflow/artifacts/list?run_id={run}"))["files"]!.AsArray();
        files.ShouldHaveSingleItem()!["path"]!.GetValue<string>().ShouldBe("note.txt");
        var own = (await _victim.GetAsync("/storage/v1/b?project=theirs"))["items"]!.AsArray().ShouldHaveSingleItem()![
            "name"
        ]!.GetValue<string>();
        squatted.ShouldNotContain(own);

        // A tensorboard's blobs go the same way.
        var board = await _victim.OperateAsync($"/v1/{Theirs}/tensorboards", new { displayName = "board" });
        squatted.ShouldNotContain(
            ((string)(await _victim.GetAsync($"/v1/{(string)board["name"]!}"))["blobStoragePathPrefix"]!).Split('/')[0]
        );

        // The bucket stays the same one while others come free; a bucket of its name that is made anew by a stranger is another.
        await _stranger.TrySendAsync(HttpMethod.Delete, $"/storage/v1/b/{squatted[2]}");
        (await _victim.TrySendAsync(HttpMethod.Delete, path)).Status.ShouldBe(HttpStatusCode.OK);
        (await _victim.TrySendAsync(HttpMethod.Delete, $"/storage/v1/b/{own}")).Status.ShouldBe(HttpStatusCode.NoContent);
        await _stranger.CreateBucketAsync(own, "mine");
        await _stranger.UploadAsync(own, $"{experiment}/{run}/artifacts/model.pkl", "evil"u8.ToArray());
        (await _victim.GetAsync($"/api/2.0/mlflow/artifacts/list?run_id={run}"))["files"]!.AsArray().ShouldBeEmpty();
        (await _victim.TrySendAsync(HttpMethod.Put, path, new ByteArrayContent("secret"u8.ToArray()))).Status.ShouldBe(HttpStatusCode.OK);
        (await _stranger.GetAsync($"/storage/v1/b/{own}/o"))["items"]!.AsArray().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task what_is_another_projects_is_refused_in_every_body()
    {
        await _root.CreateBucketAsync("theirs-bucket", "theirs");
        await _root.CreateBucketAsync("mine-bucket", "mine");
        await _root.UploadAsync("theirs-bucket", "model/model.onnx", [1]);
        var experiment = (string)(await _victim.PostAsync("/api/2.0/mlflow/experiments/create", new { name = "exp" }))["experiment_id"]!;
        var run = (string)
            (await _victim.PostAsync("/api/2.0/mlflow/runs/create", new { experiment_id = experiment, run_name = "one" }))["run"]!["info"]![
                "run_id"
            ]!;
        var model = (string)
            (await _victim.PostAsync("/api/2.0/mlflow/logged-models", new { experiment_id = experiment, name = "m" }))["model"]!["info"]![
                "model_id"
            ]!;
        var board = (string)(await _victim.OperateAsync($"/v1/{Theirs}/tensorboards", new { displayName = "board" }))["name"]!;
        var own = (string)(await _stranger.PostAsync("/api/2.0/mlflow/experiments/create", new { name = "own" }))["experiment_id"]!;
        var mine = (string)
            (await _stranger.PostAsync("/api/2.0/mlflow/runs/create", new { experiment_id = own }))["run"]!["info"]!["run_id"]!;
        await _stranger.PostAsync("/api/2.0/mlflow/registered-models/create", new { name = "registered" });
        await _stranger.PostAsync($"/v1/{Mine}/metadataStores/default/executions?executionId=work", new { displayName = "work" });

        var pool = new
        {
            machineSpec = new { machineType = "n1-standard-4" },
            replicaCount = 1,
            containerSpec = new { imageUri = Image, command = new[] { "true" } },
        };
        object Job(object more) => Merge(new { workerPoolSpecs = new[] { pool } }, more);
        (string Path, object Body)[] calls =
        [
            (
                $"/v1/{Mine}/customJobs",
                new { displayName = "j", jobSpec = Job(new { baseOutputDirectory = new { outputUriPrefix = "gs://theirs-bucket/out" } }) }
            ),
            (
                $"/v1/{Mine}/customJobs",
                new
                {
                    displayName = "j",
                    jobSpec = Job(
                        new
                        {
                            tensorboard = board,
                            serviceAccount = "a@b.c",
                            baseOutputDirectory = new { outputUriPrefix = "gs://mine-bucket/out" },
                        }
                    ),
                }
            ),
            (
                $"/v1/{Mine}/customJobs",
                new { displayName = "j", jobSpec = Job(new { experiment = $"{Theirs}/metadataStores/default/contexts/exp" }) }
            ),
            (
                $"/v1/{Mine}/customJobs",
                new { displayName = "j", jobSpec = Job(new { experimentRun = $"{Theirs}/metadataStores/default/contexts/exp-one" }) }
            ),
            (
                $"/v1/{Mine}/trainingPipelines",
                new
                {
                    displayName = "t",
                    trainingTaskDefinition = "gs://google-cloud-aiplatform/schema/trainingjob/definition/custom_task_1.0.0.yaml",
                    trainingTaskInputs = Job(new { baseOutputDirectory = new { outputUriPrefix = "gs://theirs-bucket/out" } }),
                }
            ),
            ($"/v1/{Mine}/models:upload", new { model = new { displayName = "m", artifactUri = "gs://theirs-bucket/model" } }),
            ($"/v1/{Mine}/models:copy", new { sourceModel = $"{Theirs}/models/1" }),
            (
                $"/v1/{Mine}/metadataStores/default/executions/work:addExecutionEvents",
                new { events = new[] { new { artifact = $"{Theirs}/metadataStores/default/artifacts/data", type = "INPUT" } } }
            ),
            ($"/v1/{Mine}/metadataStores/default/artifacts", new { displayName = "a", uri = "gs://theirs-bucket/model" }),
            (
                $"/v1/{Mine}/metadataStores/default/contexts?contextId=bound",
                new
                {
                    schemaTitle = "system.Experiment",
                    schemaVersion = "0.0.1",
                    metadata = new { backing_tensorboard_resource = board },
                }
            ),
            (
                "/v1/projects/mine/jobs",
                new
                {
                    jobId = "classic",
                    trainingInput = new
                    {
                        region = "us-central1",
                        jobDir = "gs://theirs-bucket/job",
                        pythonModule = "a.b",
                        packageUris = new[] { "gs://mine-bucket/p.tar.gz" },
                    },
                }
            ),
            ("/api/2.0/mlflow/experiments/create", new { name = "located", artifact_location = "gs://theirs-bucket/artifacts" }),
            ("/api/2.0/mlflow/model-versions/create", new { name = "registered", source = "gs://theirs-bucket/model" }),
            (
                "/api/2.0/mlflow/model-versions/create",
                new
                {
                    name = "registered",
                    source = $"mlflow-artifacts:/{own}/x",
                    run_id = run,
                }
            ),
            ("/api/2.0/mlflow/model-versions/create", new { name = "registered", source = $"runs:/{run}/model" }),
            ("/api/2.0/mlflow/runs/log-inputs", new { run_id = mine, models = new[] { new { model_id = model } } }),
            (
                "/api/2.0/mlflow/logged-models",
                new
                {
                    experiment_id = own,
                    name = "m",
                    source_run_id = run,
                }
            ),
        ];
        var accepted = new List<string>();
        foreach (var (path, body) in calls)
        {
            var (status, answer) = await _stranger.TrySendAsync(HttpMethod.Post, path, body);
            if (
                status is not (HttpStatusCode.Forbidden or HttpStatusCode.NotFound)
                || !answer.ToJsonString().Contains("error", StringComparison.Ordinal)
            )
            {
                accepted.Add($"{path}: {(int)status} {answer.ToJsonString()}");
            }
        }

        accepted.ShouldBeEmpty();
    }

    private static JsonObject Merge(object one, object more)
    {
        var merged = (JsonObject)System.Text.Json.JsonSerializer.SerializeToNode(one)!;
        foreach (var (key, value) in (JsonObject)System.Text.Json.JsonSerializer.SerializeToNode(more)!)
        {
            merged[key] = value!.DeepClone();
        }

        return merged;
    }

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
        var client = new RestClient(_server.HttpUrl.ToString().TrimEnd('/'), token);
        _clients.Add(client);
        return client;
    }
}
