using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Cairn.Fuzz.Cases;
using Cairn.Kernel.Rpc.Json;

namespace Cairn.Fuzz.Targets;

/// <summary>Sends frames over HTTP/2, whatever is in them.</summary>
internal sealed class GrpcTarget(string address) : IDisposable
{
    private const int HeaderLength = 5;

    private readonly HttpClient _http = new(new SocketsHttpHandler())
    {
        BaseAddress = new Uri("http://" + address),
        Timeout = TimeSpan.FromSeconds(60),
    };

    public async Task<Answer> SendAsync(Call call, string? token)
    {
        var clock = Stopwatch.StartNew();
        using var message = new HttpRequestMessage(HttpMethod.Post, call.Target)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(call.Body ?? []),
        };
        message.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        message.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        message.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        foreach (var (name, value) in call.Headers)
        {
            message.Headers.TryAddWithoutValidation(name, value);
        }

        try
        {
            using var response = await _http.SendAsync(message);
            var content = await response.Content.ReadAsByteArrayAsync();
            var source = response.Headers.Contains("grpc-status") ? response.Headers : response.TrailingHeaders;
            var status = source.TryGetValues("grpc-status", out var statuses)
                ? int.Parse(statuses.Single(), CultureInfo.InvariantCulture)
                : -1;
            var text =
                source.TryGetValues("grpc-message", out var messages) ? Uri.UnescapeDataString(messages.Single())
                : status == 0 ? Text(call, content)
                : "";
            return new Answer(status, text, "application/grpc") { Took = clock.Elapsed };
        }
        catch (Exception error) when (error is HttpRequestException or IOException or TaskCanceledException)
        {
            return new Answer(0, "", "", $"there was no answer: {error.Message} {error.InnerException?.Message}") { Took = clock.Elapsed };
        }
    }

    public void Dispose() => _http.Dispose();

    /// <summary>The first message of an answer as JSON; empty where it came compressed.</summary>
    private static string Text(Call call, byte[] content) =>
        call.Rpc is { } method && content.Length >= HeaderLength && content[0] == 0
            ? MessageJson.Text(
                method.OutputType.Parser.ParseFrom(content, HeaderLength, (int)BinaryPrimitives.ReadUInt32BigEndian(content.AsSpan(1)))
            )
            : "";
}
