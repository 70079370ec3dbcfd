using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Cairn.Testing;

namespace Cairn.Data.Tests.Gcs;

/// <summary>A real server, and the calls of Cloud Storage's JSON API.</summary>
public sealed class GcsServer : IAsyncLifetime
{
    public ServerProcess Process { get; private set; } = null!;

    /// <summary>Follows nothing by itself: 308 means "go on" here.</summary>
    public HttpClient Http { get; } = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = TimeSpan.FromSeconds(60) };

    public async ValueTask InitializeAsync() => Process = await ServerProcess.StartAsync();

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Process.DisposeAsync();
    }

    /// <summary>A new bucket of a name that no other test has.</summary>
    public async Task<string> CreateBucketAsync(object? settings = null)
    {
        var name = $"bucket-{Guid.NewGuid():n}"[..30];
        var body = JsonNode.Parse(System.Text.Json.JsonSerializer.Serialize(settings ?? new { }))!.AsObject();
        body["name"] = name;
        using var response = await Http.PostAsync(Url("/storage/v1/b?project=demo"), JsonContent.Create(body));
        response.IsSuccessStatusCode.ShouldBeTrue(await response.Content.ReadAsStringAsync());
        return name;
    }

    public string Url(string path) => Process.Http + path;

    public Task<HttpResponseMessage> UploadAsync(string bucket, string name, byte[] content, string query = "") =>
        Http.PostAsync(
            Url($"/upload/storage/v1/b/{bucket}/o?uploadType=media&name={Uri.EscapeDataString(name)}{query}"),
            new ByteArrayContent(content)
        );

    public async Task<JsonObject> PutAsync(string bucket, string name, string text, string query = "") =>
        await JsonAsync(await UploadAsync(bucket, name, System.Text.Encoding.UTF8.GetBytes(text), query));

    public Task<HttpResponseMessage> SendAsync(
        HttpMethod method,
        string path,
        object? body = null,
        params (string Name, string Value)[] headers
    )
    {
        var request = new HttpRequestMessage(method, Url(path));
        request.Content = body switch
        {
            null => null,
            HttpContent content => content,
            _ => JsonContent.Create(body),
        };
        foreach (var (name, value) in headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value))
            {
                request.Content!.Headers.TryAddWithoutValidation(name, value);
            }
        }

        return Http.SendAsync(request);
    }

    public Task<string> TextAsync(string bucket, string name) =>
        Http.GetStringAsync(Url($"/storage/v1/b/{bucket}/o/{Uri.EscapeDataString(name)}?alt=media"));

    /// <summary>The answer of a call that has to succeed.</summary>
    public static async Task<JsonObject> JsonAsync(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync();
        response.IsSuccessStatusCode.ShouldBeTrue($"{(int)response.StatusCode} {text}");
        return JsonNode.Parse(text)!.AsObject();
    }

    /// <summary>The reason and the message of a call that has to fail.</summary>
    public static async Task<(string Reason, string Message)> ErrorAsync(HttpResponseMessage response, int status)
    {
        var text = await response.Content.ReadAsStringAsync();
        ((int)response.StatusCode).ShouldBe(status, text);
        var error = JsonNode.Parse(text)!["error"]!;
        error["code"]!.GetValue<int>().ShouldBe(status);
        return (error["errors"]![0]!["reason"]!.GetValue<string>(), error["message"]!.GetValue<string>());
    }
}
