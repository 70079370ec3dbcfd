using System.Diagnostics;
using Cairn.Kernel.Errors;
using Cairn.Tests;
using Google.Api;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf;
using Google.Rpc;

namespace Cairn.Serving.Tests;

public sealed class PythonPredictionTests : IAsyncLifetime
{
    private const string SklearnImage = "us-docker.pkg.dev/vertex-ai/prediction/sklearn-cpu.1-0:latest";
    private const string XgboostImage = "europe-docker.pkg.dev/vertex-ai/prediction/xgboost-cpu.1-1:latest";

    private const string Classifier = """
        import joblib
        from sklearn.linear_model import LogisticRegression
        joblib.dump(LogisticRegression().fit([[0, 0], [1, 1], [0, .1], [1, .9]], ["a", "b", "a", "b"]), "model.joblib")
        """;

    /// <summary>
    /// A pickle that calls back into code which is made of built-ins, so that it loads anywhere: predict() sleeps for as long as the
    /// instance says.
    /// </summary>
    private const string Sleeper = """
        import joblib
        from sklearn.preprocessing import FunctionTransformer
        from sklearn.pipeline import Pipeline
        from sklearn.dummy import DummyRegressor
        import numpy, time
        model = Pipeline([("sleep", FunctionTransformer(numpy.vectorize(time.sleep, otypes=[float]))), ("zero", DummyRegressor(strategy="constant", constant=0))])
        model.named_steps["zero"].fit([[0]], [0])
        joblib.dump(model, "model.joblib")
        """;

    private ServingHost _serving = null!;

    public async ValueTask InitializeAsync() =>
        _serving = await ServingHost.StartAsync(new ServingOptions { PredictionTimeout = TimeSpan.FromSeconds(20) });

    public ValueTask DisposeAsync() => _serving.DisposeAsync();

    [Fact]
    public async Task a_scikit_learn_model_predicts_lists_as_its_prebuilt_container_does()
    {
        var endpoint = await EndpointAsync(Classifier, "sklearn", SklearnImage);

        (await _serving.AskAsync(endpoint, "[[0, 0], [1, 1]]")).ShouldBe("\"a\";\"b\"");
    }

    [Fact]
    public async Task a_pickle_of_a_pipeline_over_named_columns_takes_objects()
    {
        const string script = """
            import pickle, pandas
            from sklearn.compose import ColumnTransformer
            from sklearn.preprocessing import OneHotEncoder
            from sklearn.linear_model import LinearRegression
            from sklearn.pipeline import make_pipeline
            frame = pandas.DataFrame({"kind": ["x", "y", "x"], "size": [1.0, 2.0, 3.0]})
            model = make_pipeline(ColumnTransformer([("kind", OneHotEncoder(), ["kind"]), ("size", "passthrough", ["size"])]), LinearRegression()).fit(frame, [1.0, 2.0, 3.0])
            pickle.dump(model, open("model.pkl", "wb"))
            """;
        var endpoint = await EndpointAsync(script, "pandas", SklearnImage);

        var response = await _serving.PredictAsync(endpoint, """[{"size": 2, "kind": "y"}]""");

        response.Predictions[0].NumberValue.ShouldBe(2, 1e-6);
    }

    [Fact]
    public async Task a_model_of_pytorch_predicts_as_torchscript()
    {
        const string script = """
            import torch
            class Scale(torch.nn.Module):
                def __init__(self):
                    super().__init__()
                    self.factor = torch.nn.Parameter(torch.tensor([2.0, 3.0]))
                def forward(self, x):
                    return {"scaled": x * self.factor, "total": (x * self.factor).sum(1)}
            torch.jit.trace(Scale(), torch.zeros(2, 2), strict=False).save("model.pt")
            """;
        var endpoint = await EndpointAsync(script, "torch", "us-docker.pkg.dev/vertex-ai/prediction/pytorch-cpu.1-13:latest");

        (await _serving.AskAsync(endpoint, "[[1, 1], [0.5, 2]]")).ShouldBe(
            """{ "scaled": [ 2, 3 ], "total": 5 };{ "scaled": [ 1, 6 ], "total": 7 }"""
        );
        (await Should.ThrowAsync<StatusException>(_serving.PredictAsync(endpoint, "[[1, 2, 3]]"))).Message.ShouldContain(
            "must match the size"
        );
    }

    [Fact]
    public async Task a_booster_of_xgboost_predicts()
    {
        const string script = """
            import numpy, xgboost
            x = numpy.array([[0.0], [1.0], [2.0], [3.0]])
            booster = xgboost.train({"objective": "reg:squarederror", "max_depth": 2, "eta": 1, "lambda": 0}, xgboost.DMatrix(x, label=x[:, 0]), 5)
            booster.save_model("model.bst")
            """;
        var endpoint = await EndpointAsync(script, "xgboost", XgboostImage);

        var response = await _serving.PredictAsync(endpoint, "[[0], [3]]");

        response.Predictions[0].NumberValue.ShouldBe(0, 0.01);
        response.Predictions[1].NumberValue.ShouldBe(3, 0.01);
    }

    [Fact]
    public async Task instances_of_the_wrong_width_are_refused_with_the_models_words()
    {
        var endpoint = await EndpointAsync(Classifier, "sklearn", SklearnImage);

        var error = await Should.ThrowAsync<StatusException>(() => _serving.PredictAsync(endpoint, "[[1, 2, 3]]"));

        error.Code.ShouldBe(Code.InvalidArgument);
        error.Message.ShouldContain("3 features");
        (await _serving.AskAsync(endpoint, "[[0, 0]]")).ShouldBe("\"a\"");
    }

    [Fact]
    public async Task a_raw_prediction_keeps_the_workers_numbers()
    {
        var endpoint = await EndpointAsync(Sleeper, "sklearn", SklearnImage);
        var body = new HttpBody { ContentType = "application/json", Data = ByteString.CopyFromUtf8("""{"instances": [[0]]}""") };

        var reply = await _serving.Predictions.RawPredict(
            new RawPredictRequest { Endpoint = endpoint, HttpBody = body },
            CapabilityHost.Call()
        );

        reply.Data.ToStringUtf8().ShouldMatch("""^\{"predictions":\[0(\.0)?\]\}$""");
    }

    [Fact]
    public async Task a_file_that_is_no_pickle_fails_the_deployment_with_the_reason()
    {
        var model = await _serving.UploadAsync("broken", SklearnImage, new() { ["model.pkl"] = "no pickle at all"u8.ToArray() });
        var endpoint = await _serving.CreateEndpointAsync();

        var operation = await _serving.Host.EndAsync(_serving.StartDeployAsync(endpoint, model));

        operation.Error.Code.ShouldBe((int)Code.FailedPrecondition);
        operation.Error.Message.ShouldContain("does not load: UnpicklingError");
    }

    [Fact]
    public async Task a_worker_that_is_killed_answers_its_request_with_an_error_and_is_replaced()
    {
        var endpoint = await EndpointAsync(Sleeper, "sklearn", SklearnImage);
        await _serving.PredictAsync(endpoint, "[[0]]");
        var held = _serving.PredictAsync(endpoint, "[[15]]");
        var workers = await WorkersAsync();

        foreach (var worker in workers)
        {
            Process.GetProcessById(worker).Kill();
        }

        var error = await Should.ThrowAsync<StatusException>(() => held);
        error.Code.ShouldBe(Code.Unavailable);
        error.Message.ShouldContain("signal 9");
        (await _serving.PredictAsync(endpoint, "[[0]]")).Predictions[0].NumberValue.ShouldBe(0);
    }

    [Fact]
    public async Task a_request_that_takes_too_long_ends_its_worker_and_the_next_one_is_served()
    {
        await using var impatient = await ServingHost.StartAsync(new ServingOptions { PredictionTimeout = TimeSpan.FromSeconds(1) });
        var files = await PythonModels.MakeAsync(Sleeper, "sklearn");
        var endpoint = await impatient.CreateEndpointAsync();
        await impatient.DeployAsync(endpoint, await impatient.UploadAsync("sleeper", SklearnImage, files));

        var error = await Should.ThrowAsync<StatusException>(() => impatient.PredictAsync(endpoint, "[[30]]"));

        error.Code.ShouldBe(Code.DeadlineExceeded);
        (await impatient.PredictAsync(endpoint, "[[0]]")).Predictions.Count.ShouldBe(1);
    }

    [Fact]
    public async Task two_replicas_work_side_by_side()
    {
        var endpoint = await EndpointAsync(Sleeper, "sklearn", SklearnImage, replicas: 2);
        await Task.WhenAll(_serving.PredictAsync(endpoint, "[[0.5]]"), _serving.PredictAsync(endpoint, "[[0.5]]"));

        // Each sleeps, so that two finish in the time of one however busy the machine is.
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(_serving.PredictAsync(endpoint, "[[3]]"), _serving.PredictAsync(endpoint, "[[3]]"));
        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(5.5));
    }

    [Fact]
    public async Task a_client_that_leaves_does_not_break_the_worker_for_the_next()
    {
        var endpoint = await EndpointAsync(Sleeper, "sklearn", SklearnImage);
        using var gone = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));

        await Should.ThrowAsync<OperationCanceledException>(() => _serving.PredictAsync(endpoint, "[[1.5]]", gone.Token));

        (await _serving.PredictAsync(endpoint, "[[0], [0]]")).Predictions.Count.ShouldBe(2);
    }

    [Fact]
    public async Task undeploying_ends_the_workers()
    {
        var endpoint = await EndpointAsync(Classifier, "sklearn", SklearnImage);
        var id = (await _serving.Endpoints.GetEndpoint(new GetEndpointRequest { Name = endpoint }, CapabilityHost.Call()))
            .DeployedModels[0]
            .Id;
        (await WorkersAsync()).ShouldNotBeEmpty();

        await _serving.Host.EndAsync(
            _serving.Endpoints.UndeployModel(new UndeployModelRequest { Endpoint = endpoint, DeployedModelId = id }, CapabilityHost.Call())
        );

        var deadline = DateTime.UtcNow.AddSeconds(20);
        while (Find().Count > 0)
        {
            DateTime.UtcNow.ShouldBeLessThan(deadline);
            await Task.Delay(20);
        }
    }

    private async Task<string> EndpointAsync(string script, string package, string image, int replicas = 1)
    {
        var files = await PythonModels.MakeAsync(script, package);
        var endpoint = await _serving.CreateEndpointAsync();
        await _serving.DeployAsync(endpoint, await _serving.UploadAsync(Path.GetRandomFileName(), image, files), replicas);
        return endpoint;
    }

    private async Task<List<int>> WorkersAsync()
    {
        var deadline = DateTime.UtcNow.AddSeconds(20);
        while (true)
        {
            if (Find() is { Count: > 0 } found)
            {
                return found;
            }

            DateTime.UtcNow.ShouldBeLessThan(deadline);
            await Task.Delay(20);
        }
    }

    /// <summary>This host's predictor processes: those that were given one of its model folders, directly or inside the sandbox.</summary>
    private List<int> Find()
    {
        List<int> found = [];
        foreach (var process in Directory.GetDirectories("/proc").Select(Path.GetFileName).Where(n => int.TryParse(n, out _)))
        {
            try
            {
                var command = File.ReadAllText($"/proc/{process}/cmdline");
                if (
                    command.Contains(_serving.Host.Directory, StringComparison.Ordinal)
                    && command.Contains("predictor.py", StringComparison.Ordinal)
                )
                {
                    found.Add(int.Parse(process!, System.Globalization.CultureInfo.InvariantCulture));
                }
            }
            catch (IOException)
            {
                // It ended in between.
            }
        }

        return found;
    }
}
