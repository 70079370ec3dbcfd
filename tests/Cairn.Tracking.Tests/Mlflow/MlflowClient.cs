using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Cairn.Tracking.Tests.Mlflow;

/// <summary>Sends what MLflow's clients send: arguments of a GET in the query, of others as JSON.</summary>
public sealed class MlflowClient(string server, string? token = null, string root = "/api/2.0") : IDisposable
{
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(100) };

    public async Task<JsonObject> Get(string path, params (string Name, string Value)[] query) =>
        await Read(await Send(HttpMethod.Get, Query(path, query), null));

    public async Task<JsonObject> Post(string path, object body) => await Read(await Send(HttpMethod.Post, path, JsonContent.Create(body)));

    /// <summary>The status and the error code of a call that is refused.</summary>
    public async Task<(HttpStatusCode Status, string Code, string Message)> Refused(HttpMethod method, string path, object? body)
    {
        using var response = await Send(method, path, body is null ? null : JsonContent.Create(body));
        var error = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        response.IsSuccessStatusCode.ShouldBeFalse(error.ToJsonString());
        return (response.StatusCode, (string?)error["error_code"] ?? "", (string?)error["message"] ?? "");
    }

    public async Task<HttpResponseMessage> Send(HttpMethod method, string path, HttpContent? content)
    {
        var request = new HttpRequestMessage(
            method,
            path.StartsWith("//", StringComparison.Ordinal) ? server + path[1..] : $"{server}{root}/{path}"
        )
        {
            Content = content,
        };
        if (token is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", token);
        }

        return await _http.SendAsync(request);
    }

    public void Dispose() => _http.Dispose();

    public static string Query(string path, (string Name, string Value)[] query) =>
        query.Length == 0
            ? path
            : path + "?" + string.Join('&', query.Select(static pair => $"{pair.Name}={Uri.EscapeDataString(pair.Value)}"));

    private static async Task<JsonObject> Read(HttpResponseMessage response)
    {
        using (response)
        {
            var text = await response.Content.ReadAsStringAsync();
            response.StatusCode.ShouldBe(
                HttpStatusCode.OK,
                $"{response.RequestMessage!.Method} {response.RequestMessage.RequestUri}: {text}"
            );
            return JsonNode.Parse(text)!.AsObject();
        }
    }
}
