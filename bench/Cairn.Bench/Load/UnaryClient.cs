using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;

namespace Cairn.Bench.Load;

/// <summary>gRPC calls whose answers matter, over the runtime's own HTTP/2.</summary>
internal sealed class UnaryClient(int port) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { EnableMultipleHttp2Connections = true })
    {
        BaseAddress = new Uri($"http://127.0.0.1:{port}/google.cloud.aiplatform.v1."),
    };

    public async Task<T> CallAsync<T>(string method, IMessage request)
        where T : IMessage<T>, new()
    {
        var frame = new byte[5 + request.CalculateSize()];
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(1), (uint)(frame.Length - 5));
        request.WriteTo(frame.AsSpan(5));
        using var message = new HttpRequestMessage(HttpMethod.Post, new Uri(_http.BaseAddress + method))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(frame),
        };
        message.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        message.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        using var response = await _http.SendAsync(message);
        var body = await response.Content.ReadAsByteArrayAsync();
        return body.Length >= 5
            ? new MessageParser<T>(static () => new T()).ParseFrom(body.AsSpan(5))
            : throw new InvalidOperationException(
                $"{method} ended with {(response.TrailingHeaders.TryGetValues("grpc-message", out var text) || response.Headers.TryGetValues("grpc-message", out text) ? text.First() : "no answer")}."
            );
    }

    public void Dispose() => _http.Dispose();
}
