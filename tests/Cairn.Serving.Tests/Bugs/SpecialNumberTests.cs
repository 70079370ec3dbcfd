using Cairn.Kernel.Errors;
using Cairn.OnnxModels;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf;
using Google.Rpc;
using Value = Google.Protobuf.WellKnownTypes.Value;

namespace Cairn.Serving.Tests.Bugs;

/// <summary>
/// 1e39 became infinite, "NaN" was a number to no runtime, an empty batch was three things, and a model of fixed batches took no other.
/// </summary>
public sealed class SpecialNumberTests : IAsyncLifetime
{
    private const string SklearnImage = "us-docker.pkg.dev/vertex-ai/prediction/sklearn-cpu.1-0:latest";
    private const string TorchImage = "us-docker.pkg.dev/vertex-ai/prediction/pytorch-cpu.1-13:latest";
    private const string RImage = "us-docker.pkg.dev/vertex-ai/prediction/r-cpu.4-2:latest";

    private ServingHost _serving = null!;

    public async ValueTask InitializeAsync() => _serving = await ServingHost.StartAsync();

    public ValueTask DisposeAsync() => _serving.DisposeAsync();

    [Fact]
    public async Task onnx_takes_and_answers_the_numbers_that_json_has_no_numbers_for() =>
        await AlikeAsync(await OnnxAsync(Doubling(null)), narrow: true);

    [Fact]
    public async Task scikit_learn_takes_and_answers_the_numbers_that_json_has_no_numbers_for() =>
        await AlikeAsync(
            await EndpointAsync(
                SklearnImage,
                await PythonModels.MakeAsync(
                    """
                    import joblib, numpy
                    from functools import partial
                    from sklearn.preprocessing import FunctionTransformer
                    # Of what is installed anywhere, so that it loads: its predict() is a function of NumPy.
                    model = FunctionTransformer()
                    model.predict = partial(numpy.multiply, 2.0)
                    joblib.dump(model, "model.joblib")
                    """,
                    "sklearn"
                )
            ),
            narrow: false
        );

    [Fact]
    public async Task torchscript_takes_and_answers_the_numbers_that_json_has_no_numbers_for() =>
        await AlikeAsync(
            await EndpointAsync(
                TorchImage,
                await PythonModels.MakeAsync(
                    """
                    import torch
                    class Doubling(torch.nn.Module):
                        def forward(self, x):
                            return x * 2
                    torch.jit.trace(Doubling(), torch.zeros(1, 2)).save("model.pt")
                    """,
                    "torch"
                )
            ),
            narrow: true
        );

    [Fact]
    public async Task r_takes_and_answers_the_numbers_that_json_has_no_numbers_for() =>
        await AlikeAsync(
            await EndpointAsync(RImage, await RModels.MakeAsync("""saveRDS(function(data) unname(as.matrix(data) * 2), "model.rds")""")),
            narrow: false
        );

    [Fact]
    public async Task a_value_of_no_kind_is_refused_like_another_that_does_not_fit()
    {
        var request = new PredictRequest { Endpoint = await OnnxAsync(Doubling(null)) };
        request.Instances.Add(Value.ForList(new Value(), Value.ForNumber(1)));
        (await RefusedAsync(_serving.Predictions.Predict(request, Cairn.Tests.CapabilityHost.Call()))).ShouldContain(
            "`instances[0]` has null"
        );
    }

    [Fact]
    public async Task parameters_that_would_be_without_effect_are_refused_by_name()
    {
        var onnx = await OnnxAsync(Doubling(null));
        var python = await EndpointAsync(
            SklearnImage,
            await PythonModels.MakeAsync(
                """
                import joblib, numpy
                from functools import partial
                from sklearn.preprocessing import FunctionTransformer
                model = FunctionTransformer()
                model.predict = partial(numpy.multiply, 2.0)
                joblib.dump(model, "model.joblib")
                """,
                "sklearn"
            )
        );
        foreach (var endpoint in (string[])[onnx, python])
        {
            foreach (
                var (parameters, words) in ((string, string)[])
                    [
                        ("{}", ""),
                        ("null", ""),
                        ("{\"confidence\": 0.5}", "'confidence'"),
                        ("[]", "must be an object"),
                        ("1", "must be an object"),
                    ]
            )
            {
                var raw = RawAsync(endpoint, $$"""{"instances": [[1, 2]], "parameters": {{parameters}}}""");
                var spelled = _serving.AskAsync(endpoint, "[[1, 2]]", parameters);
                if (words.Length == 0)
                {
                    (await raw).ShouldContain("[2");
                    (await spelled).ShouldBe("[ 2, 4 ]");
                    continue;
                }

                (await RefusedAsync(raw)).ShouldContain(words);
                (await RefusedAsync(spelled)).ShouldContain(words);
            }
        }
    }

    [Fact]
    public async Task a_model_of_fixed_batches_runs_as_often_as_needed()
    {
        var one = await OnnxAsync(Doubling(1));
        (await _serving.AskAsync(one, "[[1, 2], [3, 4]]")).ShouldBe("[ 2, 4 ];[ 6, 8 ]");
        (await RawAsync(one, """{"instances": [[1, 2], [3, 4]]}""")).ShouldBe("""{"predictions":[[2,4],[6,8]]}""");
        (await RefusedAsync(_serving.PredictAsync(one, "[[1, 2], [3, 4, 5]]"))).ShouldContain("`instances[1]`");

        var two = await OnnxAsync(Doubling(2));
        (await _serving.AskAsync(two, "[[1, 2], [3, 4], [5, 6], [7, 8]]")).ShouldBe("[ 2, 4 ];[ 6, 8 ];[ 10, 12 ];[ 14, 16 ]");
        (await RefusedAsync(_serving.PredictAsync(two, "[[1, 2], [3, 4], [5, 6]]"))).ShouldContain(
            "exactly 2 instances at once, or a multiple of them ('x' float[2,2]); 3 were given"
        );
    }

    private async Task AlikeAsync(string endpoint, bool narrow)
    {
        // Both in one: 1 is a number beside what is none.
        const string answer = """[ "NaN", "Infinity" ];[ "-Infinity", 2 ]""";
        const string raw = """{"instances": [["NaN", "Infinity"], ["-Infinity", 1]]}""";
        (await _serving.AskAsync(endpoint, """[["NaN", "Infinity"], ["-Infinity", 1]]""")).ShouldBe(answer);
        (await _serving.AskAsync(endpoint, """[[null, "Infinity"], ["-Infinity", 1]]""")).ShouldMatch(
            """\[ ("NaN"|null), "Infinity" \];\[ "-Infinity", 2 \]"""
        );
        (await RawAsync(endpoint, raw)).ShouldMatch("""^\{"predictions":\[\["NaN","Infinity"\],\["-Infinity",2(\.0)?\]\]\}$""");
        var request = new PredictRequest { Endpoint = endpoint };
        request.Instances.Add(Value.ForList(Value.ForNumber(double.NaN), Value.ForNumber(double.PositiveInfinity)));
        (await _serving.Predictions.Predict(request, Cairn.Tests.CapabilityHost.Call()))
            .Predictions[0]
            .ListValue.Values.Select(v => v.StringValue)
            .ShouldBe(["NaN", "Infinity"]);

        (await RefusedAsync(_serving.PredictAsync(endpoint, "[]"))).ShouldContain("`instances` is empty");
        (await RefusedAsync(RawAsync(endpoint, """{"instances": []}"""))).ShouldContain("`instances` is empty");
        (await RefusedAsync(RawAsync(endpoint, """{"instances": [[1e999, 1]]}"""))).ShouldContain("too large");
        (await RefusedAsync(RawAsync(endpoint, """{"instances": [[NaN, 1]]}"""))).ShouldContain("The body must be a JSON object");
        (await RefusedAsync(RawAsync(endpoint, """{"instances": [[1, 1]]} x"""))).ShouldContain("The body must be a JSON object");
        if (narrow)
        {
            (await RefusedAsync(_serving.PredictAsync(endpoint, "[[1e39, 1]]"))).ShouldMatch("does not fit float|too large for the model");
        }
        else
        {
            (await _serving.PredictAsync(endpoint, "[[1e39, 1]]")).Predictions[0].ListValue.Values[0].NumberValue.ShouldBe(2e39, 1e25);
        }
    }

    private static byte[] Doubling(int? batch) =>
        new OnnxGraph()
            .Input("x", OnnxGraph.Float, batch, 2)
            .Node("Add", ["x", "x"], ["y"])
            .Output("y", OnnxGraph.Float, batch, 2)
            .ToBytes();

    private static async Task<string> RefusedAsync(Task call)
    {
        var error = await Should.ThrowAsync<StatusException>(call);
        error.Code.ShouldBe(Code.InvalidArgument, error.Message);
        return error.Message;
    }

    private async Task<string> RawAsync(string endpoint, string body)
    {
        var request = new RawPredictRequest
        {
            Endpoint = endpoint,
            HttpBody = new() { ContentType = "application/json", Data = ByteString.CopyFromUtf8(body) },
        };
        return (await _serving.Predictions.RawPredict(request, Cairn.Tests.CapabilityHost.Call())).Data.ToStringUtf8();
    }

    private Task<string> OnnxAsync(byte[] model) => EndpointAsync("cairn/onnx:latest", new() { ["model.onnx"] = model });

    private async Task<string> EndpointAsync(string image, Dictionary<string, byte[]> files)
    {
        var endpoint = await _serving.CreateEndpointAsync();
        await _serving.DeployAsync(endpoint, await _serving.UploadAsync(Path.GetRandomFileName(), image, files));
        return endpoint;
    }
}
