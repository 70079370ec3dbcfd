using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using Cairn.Cli.Shell;
using Google.Protobuf;

namespace Cairn.Cli.Api;

/// <summary>A unary gRPC call in cleartext: one length-prefixed message each way over HTTP/2, and the status in the trailers.</summary>
internal static class GrpcCall
{
    private const int PrefixLength = 5;

    /// <param name="address">Host and port.</param>
    /// <param name="method">Service and method: <c>google.cloud.aiplatform.v1.PredictionService/Predict</c>.</param>
    public static async Task<T> UnaryAsync<T>(
        string address,
        string method,
        IMessage request,
        string? token,
        CancellationToken cancellation
    )
        where T : IMessage<T>, new()
    {
        using var http = new HttpClient();
        using var message = new HttpRequestMessage(HttpMethod.Post, $"http://{address}/{method}")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(Frame(request)) { Headers = { ContentType = new MediaTypeHeaderValue("application/grpc") } },
        };
        message.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        if (token is not null)
        {
            message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        try
        {
            using var response = await http.SendAsync(message, cancellation);
            var body = await response.Content.ReadAsByteArrayAsync(cancellation);
            // An error without a message puts its status among the headers.
            var status = Header(response.TrailingHeaders, "grpc-status") ?? Header(response.Headers, "grpc-status") ?? "2";
            if (status != "0")
            {
                var text = Header(response.TrailingHeaders, "grpc-message") ?? Header(response.Headers, "grpc-message") ?? "";
                throw new ApiException(((Google.Rpc.Code)int.Parse(status)).ToString(), Uri.UnescapeDataString(text));
            }

            return Unframe<T>(body, method);
        }
        catch (HttpRequestException e)
        {
            throw new CliException($"The gRPC call to {address} failed: {(e.InnerException ?? e).Message}");
        }
    }

    private static byte[] Frame(IMessage message)
    {
        var size = message.CalculateSize();
        var frame = new byte[PrefixLength + size];
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(1), (uint)size);
        message.WriteTo(frame.AsSpan(PrefixLength));
        return frame;
    }

    private static T Unframe<T>(byte[] body, string method)
        where T : IMessage<T>, new()
    {
        if (
            body.Length < PrefixLength
            || body[0] != 0
            || BinaryPrimitives.ReadUInt32BigEndian(body.AsSpan(1)) != body.Length - PrefixLength
        )
        {
            throw new CliException($"The answer to {method} is not one uncompressed gRPC message ({body.Length} bytes).");
        }

        var result = new T();
        result.MergeFrom(body.AsSpan(PrefixLength));
        return result;
    }

    private static string? Header(HttpHeaders headers, string name) =>
        headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;
}
