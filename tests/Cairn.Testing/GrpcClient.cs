using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;

namespace Cairn.Testing;

/// <summary>gRPC by hand, so that tests see exactly what is on the wire: frames, headers, trailers.</summary>
public sealed class GrpcClient(string address) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler())
    {
        BaseAddress = new Uri(address.Contains("://", StringComparison.Ordinal) ? address : "http://" + address),
        Timeout = TimeSpan.FromSeconds(60),
    };

    /// <param name="Status">The <c>grpc-status</c>.</param>
    /// <param name="Message">The decoded <c>grpc-message</c>.</param>
    /// <param name="Frames">Each message's bytes.</param>
    /// <param name="TrailersOnly">Whether the status came in the headers.</param>
    public sealed record Reply(
        int Status,
        string Message,
        IReadOnlyList<byte[]> Frames,
        bool TrailersOnly,
        HttpResponseHeaders Headers,
        HttpResponseHeaders Trailers
    )
    {
        public T As<T>()
            where T : IMessage<T>, new()
        {
            if (Status != 0)
            {
                throw new InvalidOperationException($"The call ended with {Status}: {Message}");
            }

            return new MessageParser<T>(static () => new T()).ParseFrom(Frames[0]);
        }
    }

    public async Task<Reply> CallAsync(string path, IMessage request, bool gzip = false, string? timeout = null, string? token = null)
    {
        var body = request.ToByteArray();
        return await SendAsync(path, Frame(gzip ? Compress(body) : body, gzip), gzip, timeout, token);
    }

    /// <summary>Sends a body as it is, well-formed or not.</summary>
    public async Task<Reply> SendAsync(string path, byte[] body, bool gzip = false, string? timeout = null, string? token = null)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(body),
        };
        message.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        message.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        if (gzip)
        {
            message.Headers.Add("grpc-encoding", "gzip");
        }

        if (timeout is not null)
        {
            message.Headers.Add("grpc-timeout", timeout);
        }

        if (token is not null)
        {
            message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        using var response = await _http.SendAsync(message);
        var content = await response.Content.ReadAsByteArrayAsync();
        var inHeaders = response.Headers.TryGetValues("grpc-status", out var early);
        var status = inHeaders ? early!.Single() : response.TrailingHeaders.GetValues("grpc-status").Single();
        var source = inHeaders ? response.Headers : response.TrailingHeaders;
        var text = source.TryGetValues("grpc-message", out var messages) ? Uri.UnescapeDataString(messages.Single()) : "";
        return new Reply(
            int.Parse(status, CultureInfo.InvariantCulture),
            text,
            [.. Frames(content)],
            inHeaders,
            response.Headers,
            response.TrailingHeaders
        );
    }

    public void Dispose() => _http.Dispose();

    public static byte[] Frame(byte[] message, bool compressed = false)
    {
        var frame = new byte[5 + message.Length];
        frame[0] = compressed ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(1), (uint)message.Length);
        message.CopyTo(frame, 5);
        return frame;
    }

    private static IEnumerable<byte[]> Frames(byte[] content)
    {
        for (var at = 0; at < content.Length; )
        {
            var length = (int)BinaryPrimitives.ReadUInt32BigEndian(content.AsSpan(at + 1));
            var message = content.AsSpan(at + 5, length).ToArray();
            yield return content[at] == 1 ? Decompress(message) : message;
            at += 5 + length;
        }
    }

    private static byte[] Compress(byte[] bytes)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }

        return packed.ToArray();
    }

    private static byte[] Decompress(byte[] bytes)
    {
        var plain = new MemoryStream();
        using var gzip = new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress);
        gzip.CopyTo(plain);
        return plain.ToArray();
    }
}
