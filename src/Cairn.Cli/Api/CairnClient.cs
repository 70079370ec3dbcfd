using System.Text;
using Google.Protobuf;

namespace Cairn.Cli.Api;

/// <summary>The typed way into a server's REST API.</summary>
internal sealed class CairnClient(ApiAddress address) : IDisposable
{
    public ApiAddress Address { get; } = address;

    public ApiHttp Http { get; } = new(address);

    public Task<T> GetAsync<T>(string path, CancellationToken cancellation)
        where T : IMessage<T>, new() => CallAsync<T>(HttpMethod.Get, path, null, cancellation);

    public Task<T> PostAsync<T>(string path, IMessage? body, CancellationToken cancellation)
        where T : IMessage<T>, new() => CallAsync<T>(HttpMethod.Post, path, body is null ? "{}" : ProtoJson.Format(body), cancellation);

    public Task<T> PostAsync<T>(string path, string json, CancellationToken cancellation)
        where T : IMessage<T>, new() => CallAsync<T>(HttpMethod.Post, path, json, cancellation);

    public Task<T> PatchAsync<T>(string path, IMessage body, IEnumerable<string> mask, CancellationToken cancellation)
        where T : IMessage<T>, new() =>
        CallAsync<T>(
            HttpMethod.Patch,
            $"{path}?updateMask={Uri.EscapeDataString(string.Join(',', mask))}",
            ProtoJson.Format(body),
            cancellation
        );

    public Task<T> DeleteAsync<T>(string path, CancellationToken cancellation)
        where T : IMessage<T>, new() => CallAsync<T>(HttpMethod.Delete, path, null, cancellation);

    /// <summary>The answer's text, for bodies that are not messages.</summary>
    public async Task<string> TextAsync(HttpMethod method, string path, string? json, CancellationToken cancellation)
    {
        using var content = json is null ? null : new StringContent(json, Encoding.UTF8, "application/json");
        using var response = await Http.SendAsync(method, path, content, cancellation);
        return await response.Content.ReadAsStringAsync(cancellation);
    }

    public void Dispose() => Http.Dispose();

    private async Task<T> CallAsync<T>(HttpMethod method, string path, string? json, CancellationToken cancellation)
        where T : IMessage<T>, new() => ProtoJson.Parse<T>(await TextAsync(method, path, json, cancellation));
}
