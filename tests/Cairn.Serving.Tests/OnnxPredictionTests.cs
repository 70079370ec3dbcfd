using Cairn.Kernel.Errors;
using Cairn.OnnxModels;
using Cairn.Tests;
using Google.Api;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf;
using Google.Rpc;

namespace Cairn.Serving.Tests;

public sealed class OnnxPredictionTests : IAsyncLifetime
{
    private ServingHost _serving = null!;

    public async ValueTask InitializeAsync() => _serving = await ServingHost.StartAsync();

    public ValueTask DisposeAsync() => _serving.DisposeAsync();

    [Fact]
    public async Task a_deployed_model_predicts_and_says_which_it_is()
    {
        var model = await _serving.UploadOnnxAsync("linear", SampleModels.LinearRegression());
        var endpoint = await _serving.CreateEndpointAsync();
        var id = await _serving.DeployAsync(endpoint, model, 1, ("0", 100));

        var response = await _serving.PredictAsync(endpoint, "[[1, 1, 1], [0.5, 0, 0]]");

        response.Predictions.Select(p => p.ListValue.Values[0].NumberValue).ShouldBe([6.5, 1.0]);
        response.DeployedModelId.ShouldBe(id);
        response.Model.ShouldBe(model);
        response.ModelVersionId.ShouldBe("1");
        response.ModelDisplayName.ShouldBe("linear");
    }

    [Fact]
    public async Task inputs_are_given_by_name_and_outputs_answered_by_name()
    {
        var two = await EndpointAsync(SampleModels.TwoInputs());
        (await _serving.AskAsync(two, """[{"amount": 1.5, "count": 2}, {"amount": [2.25], "count": [4]}]""")).ShouldBe("[ 3 ];[ 9 ]");

        var logistic = await EndpointAsync(SampleModels.Logistic());
        (await _serving.AskAsync(logistic, """[[0, 0], {"features": [0, 0]}]""")).ShouldBe(
            """{ "label": 0, "probabilities": [ 0.5, 0.5 ] };{ "label": 0, "probabilities": [ 0.5, 0.5 ] }"""
        );
    }

    [Fact]
    public async Task strings_and_maps_of_a_classifier_are_answered_as_they_are()
    {
        (await _serving.AskAsync(await EndpointAsync(SampleModels.Strings()), """[["a", "ü"]]""")).ShouldBe("""[ "a", "ü" ]""");

        var prediction = (await _serving.PredictAsync(await EndpointAsync(SampleModels.TreeClassifier()), "[[1, 0]]"))
            .Predictions.ShouldHaveSingleItem()
            .StructValue.Fields;
        prediction["label"].StringValue.ShouldBe("yes");
        prediction["probabilities"].StructValue.Fields["yes"].NumberValue.ShouldBe(0.875);
    }

    [Theory]
    [InlineData(
        "[[1, 2]]",
        "`instances[0]` has for input 'x' a value of shape [2]; the model takes float[?,3], so an instance must have shape [3]."
    )]
    [InlineData("[[1, 2, 3], [1, 2, 3, 4]]", "`instances[1]` has for input 'x' a value of shape [4]")]
    [InlineData("[5]", "a value of shape []")]
    [InlineData("[[[1, 2, 3]]]", "a value of shape [1,3]")]
    [InlineData("""[["a", "b", "c"]]""", "takes float numbers")]
    [InlineData("""[{"y": [1, 2, 3]}]""", "has no 'x'")]
    public async Task a_wrong_shape_is_refused_with_the_input_and_both_shapes(string instances, string words)
    {
        var endpoint = await EndpointAsync(SampleModels.LinearRegression());

        var error = await Should.ThrowAsync<StatusException>(() => _serving.PredictAsync(endpoint, instances));

        error.Code.ShouldBe(Code.InvalidArgument);
        error.Message.ShouldContain(words);
    }

    [Theory]
    [InlineData("""[{"amount": 1, "count": 1.5}]""", "whole numbers")]
    [InlineData("""[{"amount": 1}]""", "has no 'count'")]
    [InlineData("""[{"amount": 1, "count": 1, "size": 3}]""", "'size', which is no input")]
    [InlineData("[[1, 2]]", "must be an object")]
    public async Task an_input_that_does_not_fit_is_named(string instances, string words)
    {
        var endpoint = await EndpointAsync(SampleModels.TwoInputs());

        var error = await Should.ThrowAsync<StatusException>(() => _serving.PredictAsync(endpoint, instances));

        error.Code.ShouldBe(Code.InvalidArgument);
        error.Message.ShouldContain(words);
    }

    [Fact]
    public async Task a_raw_prediction_answers_json_and_names_the_model_in_headers()
    {
        var endpoint = await EndpointAsync(SampleModels.LinearRegression());
        var call = CapabilityHost.Call();

        var reply = await _serving.Predictions.RawPredict(
            new RawPredictRequest
            {
                Endpoint = endpoint,
                HttpBody = new HttpBody
                {
                    ContentType = "application/json",
                    Data = ByteString.CopyFromUtf8("""{"instances": [[1, 1, 1]]}"""),
                },
            },
            call
        );

        reply.ContentType.ShouldBe("application/json");
        reply.Data.ToStringUtf8().ShouldBe("""{"predictions":[[6.5]]}""");
        call.ResponseHeaders.Keys.ShouldBe(
            ["x-vertex-ai-deployed-model-id", "x-vertex-ai-model", "x-vertex-ai-model-display-name", "x-vertex-ai-model-version-id"],
            ignoreOrder: true
        );

        var broken = await Should.ThrowAsync<StatusException>(() =>
            _serving.Predictions.RawPredict(
                new RawPredictRequest
                {
                    Endpoint = endpoint,
                    HttpBody = new HttpBody { Data = ByteString.CopyFromUtf8("{") },
                },
                CapabilityHost.Call()
            )
        );
        broken.Code.ShouldBe(Code.InvalidArgument);
    }

    [Fact]
    public async Task a_model_file_that_does_not_load_fails_the_deployment_with_the_reason()
    {
        var model = await _serving.UploadOnnxAsync("broken", "this is no model"u8.ToArray());
        var endpoint = await _serving.CreateEndpointAsync();

        var operation = await _serving.Host.EndAsync(_serving.StartDeployAsync(endpoint, model));

        operation.Error.Code.ShouldBe((int)Code.FailedPrecondition);
        operation.Error.Message.ShouldContain("'model.onnx'");
        operation.Error.Message.ShouldContain("does not load");
        (
            await _serving.Endpoints.GetEndpoint(new GetEndpointRequest { Name = endpoint }, CapabilityHost.Call())
        ).DeployedModels.ShouldBeEmpty();
    }

    private async Task<string> EndpointAsync(byte[] model)
    {
        var endpoint = await _serving.CreateEndpointAsync();
        await _serving.DeployAsync(endpoint, await _serving.UploadOnnxAsync(Path.GetRandomFileName(), model));
        return endpoint;
    }
}
