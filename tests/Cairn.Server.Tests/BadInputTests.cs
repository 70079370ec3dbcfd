using System.Net;
using System.Text.Json.Nodes;
using Cairn.OnnxModels;
using Cairn.Testing;
using Google.Cloud.AIPlatform.V1;
using Google.Rpc;
using Value = Google.Protobuf.WellKnownTypes.Value;

namespace Cairn.Server.Tests;

/// <summary>What people get wrong, end to end: the code of the protocol that was spoken, and a sentence that names the thing.</summary>
public sealed class BadInputTests(RunningServer server) : IClassFixture<RunningServer>, IDisposable
{
    private const string Bucket = "bad-input";
    private const string OnnxImage = "cairn/onnx:latest";
    private const string TrainingImage = "us-docker.pkg.dev/vertex-ai/training/sklearn-cpu.1-0:latest";

    private readonly RestClient _client = new(server.Server.HttpUrl.ToString().TrimEnd('/'));

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task an_image_that_nothing_stands_for_is_named_with_the_way_to_map_it()
    {
        var (status, answer) = await _client.TrySendAsync(
            HttpMethod.Post,
            $"{ServingSteps.Parent()}/customJobs",
            Job("""{"imageUri":"us-docker.pkg.dev/vertex-ai/training/tf-cpu.2-17.py310:latest","command":["x"]}""")
        );
        ShouldBe(status, answer, HttpStatusCode.BadRequest, "FAILED_PRECONDITION", "tf-cpu.2-17", "images.yaml");

        (status, answer) = await _client.TrySendAsync(
            HttpMethod.Post,
            $"{ServingSteps.Parent()}/customJobs",
            Job("""{"imageUri":"not an image","command":["x"]}""")
        );
        ShouldBe(status, answer, HttpStatusCode.BadRequest, "INVALID_ARGUMENT", "'not an image'");

        await BucketAsync();
        await _client.UploadAsync(Bucket, "tf/saved_model.pb", [1]);
        var model = await RegisterAsync("tf", "us-docker.pkg.dev/vertex-ai/prediction/tf2-cpu.2-15:latest");
        var error = await DeployErrorAsync(await EndpointAsync(), model);
        ((int)error["code"]!).ShouldBe((int)Code.FailedPrecondition);
        ((string)error["message"]!).ShouldContain("tf2-cpu.2-15");
        ((string)error["message"]!).ShouldContain("prediction-images.json");
    }

    [Fact]
    public async Task an_object_that_is_not_there_is_named()
    {
        await BucketAsync();
        var (status, answer) = await _client.TrySendAsync(HttpMethod.Get, RestClient.ObjectPath(Bucket, "no/such"));
        status.ShouldBe(HttpStatusCode.NotFound);
        ((string)answer["error"]!["message"]!).ShouldContain($"{Bucket}/no/such");

        var upload = new
        {
            model = new
            {
                displayName = "m",
                artifactUri = $"gs://{Bucket}/nowhere",
                containerSpec = new { imageUri = OnnxImage },
            },
        };
        (status, answer) = await _client.TrySendAsync(HttpMethod.Post, $"{ServingSteps.Parent()}/models:upload", upload);
        if (status == HttpStatusCode.OK)
        {
            answer = new JsonObject { ["error"] = (await _client.EndAsync(answer))["error"]!.DeepClone() };
        }

        ((string)answer["error"]!["message"]!).ShouldContain($"gs://{Bucket}/nowhere");

        var failed = await RunAsync(
            Job(
                $$"""{"executorImageUri":"{{TrainingImage}}","packageUris":["gs://{{Bucket}}/gone-0.1.tar.gz"],"pythonModule":"m"}""",
                "pythonPackageSpec"
            )
        );
        ((int)failed["error"]!["code"]!).ShouldBe((int)Code.NotFound, failed.ToJsonString());
        ((string)failed["error"]!["message"]!).ShouldContain($"gs://{Bucket}/gone-0.1.tar.gz");
    }

    [Fact]
    public async Task a_package_that_is_none_fails_its_job_with_the_packages_name()
    {
        await BucketAsync();
        await _client.UploadAsync(Bucket, "broken-0.1.tar.gz", "this is no archive"u8.ToArray());

        var failed = await RunAsync(
            Job(
                $$"""{"executorImageUri":"{{TrainingImage}}","packageUris":["gs://{{Bucket}}/broken-0.1.tar.gz"],"pythonModule":"m"}""",
                "pythonPackageSpec"
            )
        );

        ((string)failed["state"]!).ShouldBe("JOB_STATE_FAILED");
        ((int)failed["error"]!["code"]!).ShouldBe((int)Code.InvalidArgument, failed.ToJsonString());
        ((string)failed["error"]!["message"]!).ShouldContain($"gs://{Bucket}/broken-0.1.tar.gz");
    }

    [Fact]
    public async Task a_model_file_that_does_not_load_fails_its_deployment_and_leaves_the_endpoint_empty()
    {
        await BucketAsync();
        await _client.UploadAsync(Bucket, "broken/model.onnx", "this is no model"u8.ToArray());
        var endpoint = await EndpointAsync();

        var error = await DeployErrorAsync(endpoint, await RegisterAsync("broken", OnnxImage));

        ((int)error["code"]!).ShouldBe((int)Code.FailedPrecondition);
        ((string)error["message"]!).ShouldContain("'model.onnx'");
        (await _client.GetAsync("/v1/" + endpoint))["deployedModels"].ShouldBeNull();
    }

    [Fact]
    public async Task traffic_that_does_not_sum_to_100_is_refused_over_both_protocols()
    {
        var (endpoint, model) = (await EndpointAsync(), await LinearAsync());

        var (status, answer) = await _client.TrySendAsync(
            HttpMethod.Post,
            $"/v1/{endpoint}:deployModel",
            ServingSteps.Deployment(model, 90)
        );

        ShouldBe(status, answer, HttpStatusCode.BadRequest, "INVALID_ARGUMENT", "sums to 90", "100");
        var request = new DeployModelRequest
        {
            Endpoint = endpoint,
            DeployedModel = new DeployedModel
            {
                Model = model,
                DedicatedResources = new DedicatedResources
                {
                    MachineSpec = new MachineSpec { MachineType = "n1-standard-2" },
                    MinReplicaCount = 1,
                },
            },
            TrafficSplit = { ["0"] = 90 },
        };
        var reply = await server.Grpc.CallAsync("/google.cloud.aiplatform.v1.EndpointService/DeployModel", request);
        (reply.Status, reply.Message.Contains("sums to 90", StringComparison.Ordinal)).ShouldBe(((int)Code.InvalidArgument, true));
    }

    [Fact]
    public async Task deploying_to_a_deleted_endpoint_is_not_found()
    {
        var (endpoint, model) = (await EndpointAsync(), await LinearAsync());
        await _client.EndAsync(await _client.SendAsync(HttpMethod.Delete, "/v1/" + endpoint));

        var (status, answer) = await _client.TrySendAsync(HttpMethod.Post, $"/v1/{endpoint}:deployModel", ServingSteps.Deployment(model));

        ShouldBe(status, answer, HttpStatusCode.NotFound, "NOT_FOUND", endpoint);
    }

    [Fact]
    public async Task a_prediction_of_a_wrong_shape_names_the_input_and_both_shapes_over_both_protocols()
    {
        await BucketAsync();
        var endpoint = await _client.ServeAsync(
            Bucket,
            "shape",
            OnnxImage,
            new Dictionary<string, byte[]> { ["model.onnx"] = SampleModels.LinearRegression() }
        );

        var (status, answer) = await _client.TrySendAsync(
            HttpMethod.Post,
            $"/v1/{endpoint}:predict",
            JsonNode.Parse("""{"instances": [[1, 2]]}""")
        );

        ShouldBe(status, answer, HttpStatusCode.BadRequest, "INVALID_ARGUMENT", "'x'", "shape [2]", "shape [3]");
        var request = new PredictRequest { Endpoint = endpoint, Instances = { Value.Parser.ParseJson("[1, 2]") } };
        var reply = await server.Grpc.CallAsync("/google.cloud.aiplatform.v1.PredictionService/Predict", request);
        (reply.Status, reply.Message.Contains("shape [2]", StringComparison.Ordinal)).ShouldBe(((int)Code.InvalidArgument, true));
        (await _client.PredictAsync(endpoint, "[[1,1,1]]")).ShouldBe("[[6.5]]");
    }

    private static void ShouldBe(HttpStatusCode status, JsonNode answer, HttpStatusCode expected, string name, params string[] words)
    {
        status.ShouldBe(expected, answer.ToJsonString());
        ((string)answer["error"]!["status"]!).ShouldBe(name);
        var message = (string)answer["error"]!["message"]!;
        message.ShouldEndWith(".");
        foreach (var word in words)
        {
            message.ShouldContain(word);
        }
    }

    private static JsonNode Job(string spec, string kind = "containerSpec") =>
        JsonNode.Parse(
            $$$"""
            {"displayName": "bad", "jobSpec": {"workerPoolSpecs": [{"machineSpec": {"machineType": "n1-standard-4"}, "replicaCount": 1, "{{{kind}}}": {{{spec}}}}]}}
            """
        )!;

    private async Task<JsonNode> RunAsync(JsonNode job)
    {
        var name = (string)(await _client.PostAsync($"{ServingSteps.Parent()}/customJobs", job))["name"]!;
        await Poll.UntilAsync(
            async () => (string)(job = await _client.GetAsync("/v1/" + name))["state"]! is "JOB_STATE_FAILED" or "JOB_STATE_SUCCEEDED",
            $"{name} to end"
        );
        return job;
    }

    private async Task BucketAsync() => await _client.TrySendAsync(HttpMethod.Post, "/storage/v1/b?project=demo", new { name = Bucket });

    private async Task<string> EndpointAsync() =>
        (string)(await _client.OperateAsync($"{ServingSteps.Parent()}/endpoints", new { displayName = "e" }))["name"]!;

    private async Task<string> LinearAsync()
    {
        await BucketAsync();
        await _client.UploadAsync(Bucket, "linear/model.onnx", SampleModels.LinearRegression());
        return await RegisterAsync("linear", OnnxImage);
    }

    private async Task<string> RegisterAsync(string folder, string image)
    {
        var model = new
        {
            displayName = folder,
            artifactUri = $"gs://{Bucket}/{folder}",
            containerSpec = new { imageUri = image },
        };
        return (string)(await _client.OperateAsync($"{ServingSteps.Parent()}/models:upload", new { model }))["model"]!;
    }

    private async Task<JsonNode> DeployErrorAsync(string endpoint, string model)
    {
        var ended = await _client.EndAsync(await _client.PostAsync($"/v1/{endpoint}:deployModel", ServingSteps.Deployment(model)));
        return ended["error"].ShouldNotBeNull(ended.ToJsonString());
    }
}
