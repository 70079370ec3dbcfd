using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Grpc.Net.Client;

namespace Cairn.Kernel.Tests.Rpc;

/// <summary>The dispatcher as a gRPC library that knows nothing of it finds it: Grpc.Net.Client, over a socket.</summary>
public sealed class ForeignGrpcClientTests : IClassFixture<RpcHost>, IDisposable
{
    private static readonly Method<PredictRequest, PredictResponse> Predict = Method<PredictRequest, PredictResponse>(
        MethodType.Unary,
        "Predict"
    );
    private static readonly Method<StreamingPredictRequest, StreamingPredictResponse> ServerStreams = Method<
        StreamingPredictRequest,
        StreamingPredictResponse
    >(MethodType.ServerStreaming, "ServerStreamingPredict");
    private static readonly Method<StreamingPredictRequest, StreamingPredictResponse> BothStream = Method<
        StreamingPredictRequest,
        StreamingPredictResponse
    >(MethodType.DuplexStreaming, "StreamingPredict");

    private readonly Encodings _encodings = new();
    private readonly GrpcChannel _channel;
    private readonly CallInvoker _client;

    public ForeignGrpcClientTests(RpcHost host)
    {
        _channel = GrpcChannel.ForAddress(
            "http://" + host.GrpcAddress,
            new GrpcChannelOptions { HttpHandler = _encodings, DisposeHttpClient = true }
        );
        _client = _channel.CreateCallInvoker();
    }

    public void Dispose() => _channel.Dispose();

    [Fact]
    public async Task a_unary_call_takes_headers_and_answers_with_headers()
    {
        using var call = _client.AsyncUnaryCall(Predict, null, Asking(new Grpc.Core.Metadata { { "x-ask", "hello" } }), Request("x"));

        (await call).Predictions.ShouldBe([Value.ForString("x")]);
        (await call.ResponseHeadersAsync).GetValue("x-echo").ShouldBe("hello");
        call.GetStatus().StatusCode.ShouldBe(StatusCode.OK);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("identity")]
    public async Task messages_are_compressed_both_ways_where_the_client_compresses(string encoding)
    {
        var text = new string('x', 100_000);
        var asking = Asking(new Grpc.Core.Metadata { { "grpc-internal-encoding-request", encoding } });

        var reply = await _client.AsyncUnaryCall(Predict, null, asking, Request(text));
        reply.Predictions.Single().StringValue.ShouldBe(text);
        _encodings.Sent.ShouldBe(encoding == "gzip" ? "gzip" : null);
        _encodings.Received.ShouldBe(encoding == "gzip" ? "gzip" : null);

        using var stream = _client.AsyncServerStreamingCall(ServerStreams, null, asking, Inputs(1, 2));
        (await stream.ResponseStream.ReadAllAsync().CountAsync()).ShouldBe(2);
        _encodings.Received.ShouldBe(encoding == "gzip" ? "gzip" : null);
    }

    [Fact]
    public async Task a_stream_is_read_message_by_message_up_to_its_error()
    {
        using var whole = _client.AsyncServerStreamingCall(ServerStreams, null, Asking(), Inputs(1, 2, 3));
        (await whole.ResponseStream.ReadAllAsync().Select(static reply => reply.Outputs[0].IntVal[0]).ToListAsync()).ShouldBe([1, 2, 3]);

        using var broken = _client.AsyncServerStreamingCall(ServerStreams, null, Asking(), Inputs(1, -1));
        (await broken.ResponseStream.MoveNext(default)).ShouldBeTrue();
        (await Should.ThrowAsync<RpcException>(() => broken.ResponseStream.MoveNext(default))).Status.ShouldSatisfyAllConditions(
            static status => status.StatusCode.ShouldBe(StatusCode.Aborted),
            static status => status.Detail.ShouldBe("The stream broke on purpose.")
        );
    }

    [Fact]
    public async Task both_sides_stream_in_turn()
    {
        using var call = _client.AsyncDuplexStreamingCall(BothStream, null, Asking());
        for (var i = 0; i < 2; i++)
        {
            await call.RequestStream.WriteAsync(Inputs(i));
            (await call.ResponseStream.MoveNext(default)).ShouldBeTrue();
            call.ResponseStream.Current.Outputs[0].IntVal.ShouldBe([i]);
        }

        await call.RequestStream.CompleteAsync();
        (await call.ResponseStream.ReadAllAsync().Select(static reply => reply.Outputs[0].IntVal[0]).ToListAsync()).ShouldBe([2]);
    }

    [Fact]
    public async Task a_deadline_is_the_servers_too()
    {
        var request = Request("x");
        request.Parameters = Fields(("delayMs", Value.ForNumber(60_000)));
        // On a machine that is busy, a short deadline may have passed before the call has reached the server.
        for (var seconds = 0.3; _encodings.Timeout is null && seconds < 30; seconds *= 3)
        {
            var asking = Asking().WithDeadline(DateTime.UtcNow.AddSeconds(seconds));
            var error = await Should.ThrowAsync<RpcException>(async () => await _client.AsyncUnaryCall(Predict, null, asking, request));
            error.StatusCode.ShouldBe(StatusCode.DeadlineExceeded);
        }

        _encodings.Timeout.ShouldNotBeNull();
    }

    [Fact]
    public async Task an_error_has_its_text_and_its_details()
    {
        var request = Request("x");
        request.Parameters = Fields(("fail", Value.ForString("status")));

        var error = await Should.ThrowAsync<RpcException>(async () => await _client.AsyncUnaryCall(Predict, null, Asking(), request));
        (error.StatusCode, error.Status.Detail).ShouldBe((StatusCode.FailedPrecondition, "no: ünïcode % and\nlines"));
        var details = error.Trailers.GetValueBytes("grpc-status-details-bin").ShouldNotBeNull();
        Google.Rpc.Status.Parser.ParseFrom(details).Details.Single().Unpack<LocalizedMessage>().Message.ShouldBe("ON_PURPOSE");
    }

    [Fact]
    public async Task what_nobody_answers_is_unimplemented()
    {
        var method = Method<PredictRequest, PredictResponse>(MethodType.Unary, "NoSuchMethod");

        (
            await Should.ThrowAsync<RpcException>(async () => await _client.AsyncUnaryCall(method, null, Asking(), Request("x")))
        ).StatusCode.ShouldBe(StatusCode.Unimplemented);
    }

    /// <summary>No call of these tests is waited for without an end.</summary>
    private static CallOptions Asking(Grpc.Core.Metadata? headers = null) => new(headers ?? [], DateTime.UtcNow.AddMinutes(1));

    private static PredictRequest Request(string instance) =>
        new() { Endpoint = "projects/p/locations/l/endpoints/e", Instances = { Value.ForString(instance) } };

    private static StreamingPredictRequest Inputs(params int[] values) =>
        new()
        {
            Endpoint = "projects/p/locations/l/endpoints/e",
            Inputs = { values.Select(static value => new Tensor { IntVal = { value } }) },
        };

    private static Value Fields((string Name, Value Value) field) =>
        Value.ForStruct(new Struct { Fields = { [field.Name] = field.Value } });

    private static Method<TRequest, TResponse> Method<TRequest, TResponse>(MethodType type, string name)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new() =>
        new(type, "google.cloud.aiplatform.v1.PredictionService", name, Form<TRequest>(), Form<TResponse>());

    private static Marshaller<T> Form<T>()
        where T : IMessage<T>, new() =>
        Marshallers.Create(static message => message.ToByteArray(), new MessageParser<T>(static () => new T()).ParseFrom);

    /// <summary>Notes what the last call's messages were compressed with, each way, and the deadline that it sent along.</summary>
    private sealed class Encodings() : DelegatingHandler(new SocketsHttpHandler())
    {
        public string? Sent { get; private set; }

        public string? Received { get; private set; }

        public string? Timeout { get; private set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Sent = Header(request.Headers, "grpc-encoding");
            Timeout = Header(request.Headers, "grpc-timeout");
            var response = await base.SendAsync(request, cancellationToken);
            Received = Header(response.Headers, "grpc-encoding");
            return response;
        }

        private static string? Header(System.Net.Http.Headers.HttpHeaders headers, string name) =>
            headers.TryGetValues(name, out var values) && values.Single() is var value and not "identity" ? value : null;
    }
}
