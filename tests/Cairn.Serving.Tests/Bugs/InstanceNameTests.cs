using Cairn.Kernel.Errors;
using Cairn.OnnxModels;
using Google.Rpc;

namespace Cairn.Serving.Tests.Bugs;

/// <summary>
/// The order of an object's keys was the order of the model's features, and a booster took its names from its first request.
/// </summary>
public sealed class InstanceNameTests : IAsyncLifetime
{
    private const string SklearnImage = "us-docker.pkg.dev/vertex-ai/prediction/sklearn-cpu.1-0:latest";
    private const string XgboostImage = "us-docker.pkg.dev/vertex-ai/prediction/xgboost-cpu.1-1:latest";
    private const string TorchImage = "us-docker.pkg.dev/vertex-ai/prediction/pytorch-cpu.1-13:latest";
    private const string RImage = "us-docker.pkg.dev/vertex-ai/prediction/r-cpu.4-2:latest";

    private const string AFirst = """[{"a": 1, "b": 0}]""";
    private const string BFirst = """[{"b": 0, "a": 1}]""";

    /// <summary>Ten times a, and b.</summary>
    private const string Script = """
        import joblib, numpy, pandas, xgboost
        from sklearn.linear_model import LinearRegression
        x = numpy.array([[0, 0], [1, 0], [0, 1], [1, 1.0]])
        y = 10 * x[:, 0] + x[:, 1]
        joblib.dump(LinearRegression().fit(x, y), "array")
        joblib.dump(LinearRegression().fit(pandas.DataFrame(x, columns=["a", "b"]), y), "frame")
        for name, features in (("nameless.json", None), ("named.json", ["a", "b"])):
            xgboost.train({"max_depth": 2, "eta": 1, "lambda": 0, "base_score": 0}, xgboost.DMatrix(x, label=y, feature_names=features), 9).save_model(name)
        """;

    private const string Signature = """
        artifact_path: model
        signature:
          inputs: '[{"name": "a", "type": "double", "required": true}, {"name": "b",
            "type": "double", "required": true}]'
          outputs: '[{"type": "tensor", "tensor-spec": {"dtype": "float64", "shape": [-1]}}]'
        """;

    private ServingHost _serving = null!;

    public async ValueTask InitializeAsync() => _serving = await ServingHost.StartAsync();

    public ValueTask DisposeAsync() => _serving.DisposeAsync();

    [Fact]
    public async Task the_order_of_an_objects_keys_does_not_change_a_prediction()
    {
        var files = await PythonModels.MakeAsync(Script, "xgboost, sklearn, pandas");
        var frame = await EndpointAsync(SklearnImage, new() { ["model.joblib"] = files["frame"] });
        var signed = await EndpointAsync(
            SklearnImage,
            new() { ["model.joblib"] = files["array"], ["MLmodel"] = System.Text.Encoding.UTF8.GetBytes(Signature) }
        );
        var booster = await EndpointAsync(XgboostImage, new() { ["model.json"] = files["named.json"] });
        foreach (var endpoint in (string[])[frame, signed, booster])
        {
            await TakesNamesAsync(endpoint);
            (await RefusedAsync(endpoint, """[{"a": 1, "b": 2}, [1, 2]]""")).ShouldContain("all must be of one kind");
        }

        var array = await EndpointAsync(SklearnImage, new() { ["model.joblib"] = files["array"] });
        var nameless = await EndpointAsync(XgboostImage, new() { ["model.json"] = files["nameless.json"] });
        foreach (var endpoint in (string[])[array, nameless])
        {
            (await RefusedAsync(endpoint, AFirst)).ShouldContain("no names");
            (await AskAsync(endpoint, "[[1, 0]]")).ShouldBe(10);
        }

        // It would take what is not there for missing.
        (await RefusedAsync(nameless, "[[1]]")).ShouldContain("the model has 2 features");
    }

    [Fact]
    public async Task the_arguments_of_torchscript_are_given_by_their_names()
    {
        const string script = """
            import torch
            class Two(torch.nn.Module):
                def forward(self, a, b):
                    return a * 10 + b
            torch.jit.trace(Two(), (torch.zeros(1), torch.zeros(1))).save("model.pt")
            """;
        var endpoint = await EndpointAsync(TorchImage, await PythonModels.MakeAsync(script, "torch"));

        await TakesNamesAsync(endpoint, lists: false);
        (await RefusedAsync(endpoint, """[{"a": 1, "b": 1}, {"a": 1}]""")).ShouldContain("`instances[1]` has no 'b'");
    }

    [Fact]
    public async Task a_function_in_r_gets_its_columns_in_one_order()
    {
        var named = await RModels.MakeAsync(
            """d <- data.frame(a = c(0, 1, 0, 1), b = c(0, 0, 1, 1)); saveRDS(lm(y ~ a + b, cbind(d, y = 10 * d$a + d$b)), "model.rds")"""
        );
        await TakesNamesAsync(await EndpointAsync(RImage, named));

        var bare = await EndpointAsync(
            RImage,
            await RModels.MakeAsync("""saveRDS(function(data) as.vector(as.matrix(data) %*% c(10, 1)), "model.rds")""")
        );
        (await AskAsync(bare, AFirst)).ShouldBe(10);
        (await AskAsync(bare, BFirst)).ShouldBe(10);
        (await RefusedAsync(bare, """[{"a": 1, "b": 1}, {"a": 1}]""")).ShouldContain("`instances[1]` has no 'b'");
    }

    [Fact]
    public async Task an_onnx_model_with_one_input_refuses_the_names_of_others()
    {
        var endpoint = await _serving.CreateEndpointAsync();
        await _serving.DeployAsync(endpoint, await _serving.UploadOnnxAsync("linear", SampleModels.LinearRegression()));

        (await RefusedAsync(endpoint, """[{"x": [1, 2, 3], "scale": 2}]""")).ShouldContain("'scale', which is no input");
    }

    private async Task TakesNamesAsync(string endpoint, bool lists = true)
    {
        (await AskAsync(endpoint, BFirst)).ShouldBe(10);
        (await AskAsync(endpoint, AFirst)).ShouldBe(10);
        if (lists)
        {
            (await AskAsync(endpoint, "[[1, 0]]")).ShouldBe(10);
        }

        (await RefusedAsync(endpoint, """[{"a": 1}]""")).ShouldContain("`instances[0]` has no 'b'");
        (await RefusedAsync(endpoint, """[{"b": 1, "a": 1, "c": 1}]""")).ShouldContain("`instances[0]` has 'c'");
    }

    private async Task<double> AskAsync(string endpoint, string instances) =>
        Math.Round((await _serving.PredictAsync(endpoint, instances)).Predictions.ShouldHaveSingleItem().NumberValue, 4);

    private async Task<string> RefusedAsync(string endpoint, string instances)
    {
        var error = await Should.ThrowAsync<StatusException>(_serving.PredictAsync(endpoint, instances));
        error.Code.ShouldBe(Code.InvalidArgument, error.Message);
        return error.Message;
    }

    private async Task<string> EndpointAsync(string image, Dictionary<string, byte[]> files)
    {
        var endpoint = await _serving.CreateEndpointAsync();
        await _serving.DeployAsync(endpoint, await _serving.UploadAsync(Path.GetRandomFileName(), image, files));
        return endpoint;
    }
}
