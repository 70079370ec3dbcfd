using Cairn.Kernel.Rpc;
using Cairn.Kernel.Tenancy;
using Cairn.Testing;

namespace Cairn.Kernel.Tests.Rpc;

/// <summary>Calls in which both sides stream.</summary>
public sealed class GrpcDuplexTests(RpcHost host) : IClassFixture<RpcHost>
{
    private const string Path = "/google.cloud.aiplatform.v1.PredictionService/StreamingPredict";

    [Fact]
    public async Task a_reply_comes_before_the_next_message_is_sent()
    {
        await using var call = new GrpcStream(host.GrpcAddress, Path);
        for (var i = 0; i < 3; i++)
        {
            await call.SendAsync(Request(i));
            (await call.ReadAsync<StreamingPredictResponse>())!.Outputs[0].IntVal.ShouldBe([i]);
        }

        call.Complete();
        (await call.ReadAsync<StreamingPredictResponse>())!
            .Outputs[0]
            .IntVal.ShouldBe([3], "the handler goes on after the client's last message");
        (await call.ReadAsync<StreamingPredictResponse>()).ShouldBeNull();
        (await call.StatusAsync()).Status.ShouldBe(0);
    }

    [Fact]
    public async Task a_message_that_lacks_a_required_field_ends_the_call()
    {
        await using var call = new GrpcStream(host.GrpcAddress, Path);
        await call.SendAsync(Request(1));
        await call.ReadAsync<StreamingPredictResponse>();
        await call.SendAsync(new StreamingPredictRequest());

        (await call.StatusAsync()).ShouldSatisfyAllConditions(end => end.Status.ShouldBe(3), end => end.Message.ShouldContain("endpoint"));
    }

    [Fact]
    public async Task a_message_that_is_too_long_is_refused_before_it_is_read()
    {
        await using var call = new GrpcStream(host.GrpcAddress, Path);
        await call.SendAsync([0, 0xff, 0xff, 0xff, 0xff]);

        (await call.StatusAsync()).Status.ShouldBe(8);
    }

    [Fact]
    public async Task a_stream_that_breaks_off_within_a_message_is_told()
    {
        await using var call = new GrpcStream(host.GrpcAddress, Path);
        await call.SendAsync([0, 0, 0, 0, 9, 1, 2]);
        call.Complete();

        (await call.StatusAsync()).Message.ShouldContain("within a message");
    }

    [Fact]
    public async Task a_failure_of_the_handler_comes_in_the_trailers()
    {
        await using var call = new GrpcStream(host.GrpcAddress, Path);
        await call.SendAsync(Request(0));
        await call.ReadAsync<StreamingPredictResponse>();
        await call.SendAsync(Request(-1));

        (await call.StatusAsync()).ShouldBe((10, "The stream broke on purpose."));
    }

    [Fact]
    public void a_handler_of_the_wrong_shape_stops_the_start() =>
        Should
            .Throw<InvalidOperationException>(() => RpcBinder.Bind([new UnaryWhereBothStream()], new TenantGate(new NoBuckets())))
            .Message.ShouldContain("IAsyncEnumerable<StreamingPredictRequest>");

    private static StreamingPredictRequest Request(int value) =>
        new() { Endpoint = "projects/p/locations/l/endpoints/e", Inputs = { new Tensor { IntVal = { value } } } };

    private sealed class UnaryWhereBothStream : IRpcService
    {
        public Google.Protobuf.Reflection.ServiceDescriptor Descriptor => new EchoService().Descriptor;

        [Security.Permission("aiplatform.endpoints.predict")]
        public Task<StreamingPredictResponse> StreamingPredict(StreamingPredictRequest request, CallContext context) =>
            Task.FromResult(new StreamingPredictResponse { Outputs = { request.Inputs } });
    }
}
