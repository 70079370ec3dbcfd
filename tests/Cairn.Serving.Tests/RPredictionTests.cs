using System.Net;
using System.Net.Sockets;
using Cairn.Kernel.Errors;
using Cairn.Tests;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf;
using Google.Rpc;

namespace Cairn.Serving.Tests;

public sealed class RPredictionTests : IAsyncLifetime
{
    private const string Image = "us-docker.pkg.dev/vertex-ai/prediction/r-cpu.4-2:latest";

    /// <summary>Twice the size, and one more for the kind b.</summary>
    private const string Linear = """
        data <- data.frame(size = c(1, 2, 3, 4), kind = c("a", "b", "a", "b"))
        data$y <- 2 * data$size + (data$kind == "b")
        saveRDS(lm(y ~ size + kind, data), "model.rds")
        """;

    private ServingHost _serving = null!;

    public async ValueTask InitializeAsync() => _serving = await ServingHost.StartAsync();

    public ValueTask DisposeAsync() => _serving.DisposeAsync();

    [Fact]
    public async Task a_model_of_r_predicts_objects_and_lists()
    {
        var endpoint = await EndpointAsync(Linear);

        Numbers(await _serving.PredictAsync(endpoint, """[{"kind": "b", "size": 10}, {"kind": "a", "size": 0.5}]""")).ShouldBe([21, 1]);
        Numbers(await _serving.PredictAsync(endpoint, """[[10, "b"], [0.5, "a"]]""")).ShouldBe([21, 1]);
    }

    [Fact]
    public async Task parameters_are_the_arguments_of_predict()
    {
        var endpoint = await EndpointAsync(
            """
            saveRDS(glm(y ~ x, binomial, data.frame(x = c(0, 1, 2, 3), y = c(0, 1, 0, 1))), "model.rds")
            """
        );
        var request = new PredictRequest
        {
            Endpoint = endpoint,
            Parameters = Google.Protobuf.WellKnownTypes.Value.Parser.ParseJson("""{"type": "response"}"""),
        };
        request.Instances.Add(Google.Protobuf.WellKnownTypes.Value.Parser.ParseJson("[1.5]"));

        var response = await _serving.Predictions.Predict(request, CapabilityHost.Call());

        response.Predictions.ShouldHaveSingleItem().NumberValue.ShouldBe(0.5, 1e-6);
    }

    [Fact]
    public async Task a_function_of_a_data_frame_is_a_model_and_prints_where_it_does_no_harm()
    {
        var endpoint = await EndpointAsync(
            """
            saveRDS(function(data) { print("working"); data.frame(sum = data$a + data$b, word = ifelse(data$a > 1, "große", NA), odd = data$a / 0) }, "model.rds")
            """
        );

        (await _serving.AskAsync(endpoint, """[{"a": 1, "b": 2}, {"a": 5, "b": 6}]""")).ShouldBe(
            """{ "sum": 3, "word": null, "odd": "Infinity" };{ "sum": 11, "word": "große", "odd": "Infinity" }"""
        );
    }

    [Theory]
    [InlineData("""[{"kind": "unheard-of", "size": 1}]""", "unheard-of")]
    [InlineData("""[{"size": 1}]""", "kind")]
    [InlineData("""[[1, "a"], [2]]""", "different lengths")]
    [InlineData("""[{"kind": ["a", "b"], "size": 1}]""", "'kind'")]
    public async Task instances_that_do_not_fit_are_the_clients_error(string instances, string part)
    {
        var endpoint = await EndpointAsync(Linear);

        var error = await Should.ThrowAsync<StatusException>(_serving.PredictAsync(endpoint, instances));

        error.Code.ShouldBe(Code.InvalidArgument);
        error.Message.ShouldContain(part);
    }

    [Fact]
    public async Task what_is_no_model_is_refused_when_it_is_deployed()
    {
        var operation = await _serving.StartDeployAsync(
            await _serving.CreateEndpointAsync(),
            await UploadAsync("""saveRDS(list(1, 2), "model.rds")""")
        );

        var error = await Should.ThrowAsync<Exception>(_serving.Host.ResponseAsync<DeployModelResponse>(Task.FromResult(operation)));

        error.Message.ShouldContain("has no predict()");
    }

    [Fact]
    public async Task the_worker_sees_no_network_and_no_files_of_others()
    {
        if (!File.Exists("/usr/bin/bwrap"))
        {
            Assert.Skip("bubblewrap is not installed.");
        }

        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var endpoint = await EndpointAsync(
            $$"""
            saveRDS(function(data) c(paste(c(list.files("/home"), list.files("/root"), basename(list.files("/etc"))), collapse = " "),
                class(try(socketConnection("127.0.0.1", {{(
                (IPEndPoint)listener.LocalEndpoint
            ).Port}}, timeout = 1), silent = TRUE)))[seq_len(nrow(data))], "model.rds")
            """
        );

        var answer = await _serving.AskAsync(endpoint, "[[1], [2]]");

        answer.ShouldNotContain("shadow");
        answer.ShouldContain("try-error");
    }

    private static double[] Numbers(PredictResponse response) =>
        [.. response.Predictions.Select(value => Math.Round(value.NumberValue, 9))];

    private async Task<string> EndpointAsync(string script)
    {
        var endpoint = await _serving.CreateEndpointAsync();
        await _serving.DeployAsync(endpoint, await UploadAsync(script));
        return endpoint;
    }

    private async Task<string> UploadAsync(string script) => await _serving.UploadAsync("model", Image, await RModels.MakeAsync(script));
}
