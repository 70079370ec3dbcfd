using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Threading.Channels;
using Google.Protobuf;

namespace Cairn.Testing;

/// <summary>A gRPC call in which both sides stream, by hand.</summary>
public sealed class GrpcStream : IAsyncDisposable
{
    private readonly HttpClient _http;
    private readonly Outgoing _outgoing = new();
    private readonly CancellationTokenSource _stop = new(TimeSpan.FromSeconds(60));
    private readonly Task<HttpResponseMessage> _response;

    public GrpcStream(string address, string path, string? token = null)
    {
        _http = new HttpClient(new SocketsHttpHandler()) { BaseAddress = new Uri("http://" + address), Timeout = Timeout.InfiniteTimeSpan };
        var message = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = _outgoing,
        };
        _outgoing.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        message.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        if (token is not null)
        {
            message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        _response = _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, _stop.Token);
    }

    public ValueTask SendAsync(IMessage message) => _outgoing.Frames.Writer.WriteAsync(GrpcClient.Frame(message.ToByteArray()));

    public ValueTask SendAsync(byte[] frame) => _outgoing.Frames.Writer.WriteAsync(frame);

    /// <summary>Says that no more messages follow.</summary>
    public void Complete() => _outgoing.Frames.Writer.TryComplete();

    /// <summary>The next reply; null where the server has sent its last.</summary>
    public async Task<T?> ReadAsync<T>()
        where T : class, IMessage<T>, new()
    {
        var body = await (await _response).Content.ReadAsStreamAsync(_stop.Token);
        var header = new byte[5];
        var count = await body.ReadAtLeastAsync(header, header.Length, throwOnEndOfStream: false, _stop.Token);
        if (count < header.Length)
        {
            return null;
        }

        var bytes = new byte[BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(1))];
        await body.ReadExactlyAsync(bytes, _stop.Token);
        return new MessageParser<T>(static () => new T()).ParseFrom(bytes);
    }

    /// <summary>The status and message of the call once it has ended.</summary>
    public async Task<(int Status, string Message)> StatusAsync()
    {
        var reply = await _response;
        while (await (await reply.Content.ReadAsStreamAsync(_stop.Token)).ReadAsync(new byte[4096], _stop.Token) > 0) { }

        var source = reply.Headers.Contains("grpc-status") ? reply.Headers : reply.TrailingHeaders;
        return (
            int.Parse(source.GetValues("grpc-status").Single(), CultureInfo.InvariantCulture),
            source.TryGetValues("grpc-message", out var messages) ? Uri.UnescapeDataString(messages.Single()) : ""
        );
    }

    public async ValueTask DisposeAsync()
    {
        Complete();
        await _stop.CancelAsync();
        try
        {
            // What has not been read is not wanted: this resets the stream.
            (await _response).Dispose();
        }
        catch (Exception e) when (e is OperationCanceledException or HttpRequestException)
        {
            // There was no response.
        }

        _http.Dispose();
        _stop.Dispose();
    }

    private sealed class Outgoing : HttpContent
    {
        public Channel<byte[]> Frames { get; } = Channel.CreateUnbounded<byte[]>();

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
            SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            await stream.FlushAsync(cancellationToken);
            await foreach (var frame in Frames.Reader.ReadAllAsync(cancellationToken))
            {
                await stream.WriteAsync(frame, cancellationToken);
                await stream.FlushAsync(cancellationToken);
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
