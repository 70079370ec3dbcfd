using Cairn.Testing;
using Google.Protobuf.WellKnownTypes;

namespace Cairn.Kernel.Tests.Rpc;

public sealed class GrpcTransportTests(RpcHost host) : IClassFixture<RpcHost>
{
    private const string Predict = "/google.cloud.aiplatform.v1.PredictionService/Predict";
    private const string Stream = "/google.cloud.aiplatform.v1.PredictionService/ServerStreamingPredict";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task a_unary_call_is_answered_plain_and_compressed(bool gzip)
    {
        var reply = await host.Grpc.CallAsync(Predict, Request(Value.ForString(new string('x', 100_000))), gzip);
        reply.As<PredictResponse>().Predictions[0].StringValue.Length.ShouldBe(100_000);
        reply.TrailersOnly.ShouldBeFalse();
        reply.Headers.GetValues("x-echo").Single().ShouldBe("nothing");
    }

    [Fact]
    public async Task a_stream_sends_each_message_and_then_its_status()
    {
        var reply = await host.Grpc.CallAsync(
            Stream,
            new StreamingPredictRequest { Endpoint = "e", Inputs = { Tensor(1), Tensor(2), Tensor(3) } }
        );
        reply.Status.ShouldBe(0);
        reply.Frames.Select(static frame => StreamingPredictResponse.Parser.ParseFrom(frame).Outputs[0].IntVal[0]).ShouldBe([1, 2, 3]);
    }

    [Fact]
    public async Task a_stream_that_breaks_keeps_what_was_sent_and_ends_with_its_error()
    {
        var reply = await host.Grpc.CallAsync(Stream, new StreamingPredictRequest { Endpoint = "e", Inputs = { Tensor(1), Tensor(-1) } });
        reply.Frames.Count.ShouldBe(1);
        reply.Status.ShouldBe((int)Code.Aborted);
        reply.TrailersOnly.ShouldBeFalse();
    }

    [Fact]
    public async Task an_error_travels_with_its_code_its_text_and_its_details()
    {
        var reply = await host.Grpc.CallAsync(Predict, Request(parameters: ("fail", Value.ForString("status"))));
        reply.Status.ShouldBe((int)Code.FailedPrecondition);
        reply.Message.ShouldBe("no: ünïcode % and\nlines");
        reply.TrailersOnly.ShouldBeTrue();
        var packed = reply.Headers.GetValues("grpc-status-details-bin").Single();
        var status = Google.Rpc.Status.Parser.ParseFrom(Convert.FromBase64String(packed.PadRight((packed.Length + 3) / 4 * 4, '=')));
        status.Details.Single().Unpack<LocalizedMessage>().Message.ShouldBe("ON_PURPOSE");
    }

    [Fact]
    public async Task an_unforeseen_failure_is_internal_and_tells_no_secrets()
    {
        var reply = await host.Grpc.CallAsync(Predict, Request(parameters: ("fail", Value.ForString("boom"))));
        reply.Status.ShouldBe((int)Code.Internal);
        reply.Message.ShouldNotContain("secret");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task a_deadline_ends_the_call_even_where_the_handler_is_deaf(bool deaf)
    {
        var request = Request(parameters: ("delayMs", Value.ForNumber(30_000)));
        if (deaf)
        {
            request.Parameters.StructValue.Fields["deaf"] = Value.ForBool(true);
        }

        var reply = await host.Grpc.CallAsync(Predict, request, timeout: "150m");
        reply.Status.ShouldBe((int)Code.DeadlineExceeded);
    }

    [Fact]
    public async Task a_method_without_a_handler_names_itself()
    {
        var reply = await host.Grpc.CallAsync(
            "/google.cloud.aiplatform.v1.PredictionService/Explain",
            new ExplainRequest { Endpoint = "e" }
        );
        reply.Status.ShouldBe((int)Code.Unimplemented);
        reply.Message.ShouldContain("PredictionService.Explain");
        (await host.Grpc.CallAsync("/no.such.Service/Method", new Empty())).Status.ShouldBe((int)Code.Unimplemented);
    }

    [Fact]
    public async Task a_missing_required_field_is_named()
    {
        var reply = await host.Grpc.CallAsync(Predict, new PredictRequest());
        reply.Status.ShouldBe((int)Code.InvalidArgument);
        reply.Message.ShouldContain("`endpoint`");
    }

    [Fact]
    public async Task bytes_that_are_no_message_are_refused()
    {
        (await host.Grpc.SendAsync(Predict, GrpcClient.Frame([0xFF, 0xFF, 0xFF]))).Status.ShouldBe((int)Code.InvalidArgument);
        (await host.Grpc.SendAsync(Predict, [0, 0, 0])).Status.ShouldBe((int)Code.InvalidArgument);
        (await host.Grpc.SendAsync(Predict, GrpcClient.Frame([1, 2, 3], compressed: true))).Status.ShouldBe((int)Code.InvalidArgument);
        (await host.Grpc.SendAsync(Predict, [0, 0xFF, 0xFF, 0xFF, 0xFF])).Status.ShouldBe((int)Code.ResourceExhausted);
    }

    [Fact]
    public async Task a_small_message_that_unpacks_to_a_very_large_one_is_refused()
    {
        var reply = await host.Grpc.CallAsync(Predict, Request(Value.ForString(new string('x', 65 << 20))), gzip: true);
        reply.Status.ShouldBe((int)Code.ResourceExhausted);
    }

    private static PredictRequest Request(Value? instance = null, (string Name, Value Value)? parameters = null)
    {
        var request = new PredictRequest { Endpoint = "projects/p/locations/l/endpoints/e" };
        if (instance is not null)
        {
            request.Instances.Add(instance);
        }

        if (parameters is { } parameter)
        {
            request.Parameters = Value.ForStruct(new Struct { Fields = { [parameter.Name] = parameter.Value } });
        }

        return request;
    }

    private static Tensor Tensor(int value) => new() { IntVal = { value } };
}
