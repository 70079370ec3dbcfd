using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Cairn.Testing;

/// <summary>A server's REST doors, as any client uses them: JSON in, JSON out, and the waits for operations.</summary>
/// <param name="address">The server's REST address, without a trailing slash.</param>
/// <param name="token">A bearer token, or null.</param>
public sealed class RestClient(string address, string? token = null) : IDisposable
{
    private readonly HttpClient _http = new();

    public string? Token => token;

    /// <summary>
    /// Sends a request whatever becomes of it. An answer that is no JSON object is given as the text of a member <c>text</c>.
    /// </summary>
    public async Task<(HttpStatusCode Status, JsonNode Body)> TrySendAsync(HttpMethod method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(method, address + path)
        {
            Content = body switch
            {
                null => null,
                HttpContent content => content,
                JsonNode json => new StringContent(json.ToJsonString(), Encoding.UTF8, "application/json"),
                _ => new StringContent(System.Text.Json.JsonSerializer.Serialize(body), Encoding.UTF8, "application/json"),
            },
        };
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        using var response = await _http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return (
            response.StatusCode,
            text.StartsWith('{') ? JsonNode.Parse(text, documentOptions: new() { MaxDepth = 1_000 })! : new JsonObject { ["text"] = text }
        );
    }

    /// <summary>Sends a request that has to succeed.</summary>
    public async Task<JsonNode> SendAsync(HttpMethod method, string path, object? body = null)
    {
        var (status, answer) = await TrySendAsync(method, path, body);
        return (int)status < 300 ? answer : throw new InvalidOperationException($"{method} {path}: {(int)status} {answer.ToJsonString()}");
    }

    public Task<JsonNode> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    public Task<JsonNode> PostAsync(string path, object body) => SendAsync(HttpMethod.Post, path, body);

    /// <summary>Starts an operation and waits for its end; one that failed is an exception with its error. Returns the response.</summary>
    public async Task<JsonNode> OperateAsync(string path, object body)
    {
        var ended = await EndAsync(await PostAsync(path, body));
        return ended["response"] ?? throw new InvalidOperationException($"{path}: {ended["error"]?.ToJsonString()}");
    }

    /// <summary>Waits until an operation is done, and returns it.</summary>
    public async Task<JsonNode> EndAsync(JsonNode operation)
    {
        await Poll.UntilAsync(
            async () =>
                (bool?)operation["done"] == true
                || (bool?)(operation = await GetAsync("/v1/" + (string)operation["name"]!))["done"] == true,
            $"{operation["name"]} to be done"
        );
        return operation;
    }

    public Task CreateBucketAsync(string bucket, string project = "demo") =>
        PostAsync($"/storage/v1/b?project={project}", new { name = bucket });

    public Task UploadAsync(string bucket, string name, byte[] content) =>
        PostAsync(UploadPath(bucket, name), new ByteArrayContent(content));

    public static string UploadPath(string bucket, string name) =>
        $"/upload/storage/v1/b/{bucket}/o?uploadType=media&name={Uri.EscapeDataString(name)}";

    public static string ObjectPath(string bucket, string name) => $"/storage/v1/b/{bucket}/o/{Uri.EscapeDataString(name)}";

    public void Dispose() => _http.Dispose();
}
