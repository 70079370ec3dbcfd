using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;
using Cairn.Cli.Shell;

namespace Cairn.Cli.Api;

/// <summary>HTTP to one server: the token on every request, and every failure as one sentence.</summary>
internal sealed class ApiHttp : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { PooledConnectionIdleTimeout = TimeSpan.FromSeconds(20) })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };
    private readonly ApiAddress _address;

    public ApiHttp(ApiAddress address)
    {
        _address = address;
        _http.DefaultRequestHeaders.UserAgent.Add(
            new ProductInfoHeaderValue("cairn", typeof(ApiHttp).Assembly.GetName().Version?.ToString(3))
        );
        if (address.Token is { Length: > 0 } token)
        {
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }
    }

    /// <summary>
    /// Sends a request to a path of the server, or to an absolute URL that the server gave, and returns the answer if its status is 2xx or
    /// one of <paramref name="accept"/>.
    /// </summary>
    /// <exception cref="ApiException">The server answered with an error.</exception>
    /// <exception cref="CliException">No server answered.</exception>
    public async Task<HttpResponseMessage> SendAsync(
        HttpMethod method,
        string path,
        HttpContent? content,
        CancellationToken cancellation,
        Action<HttpRequestMessage>? prepare = null,
        params int[] accept
    )
    {
        using var request = new HttpRequestMessage(method, Absolute(path)) { Content = content };
        prepare?.Invoke(request);
        HttpResponseMessage response;
        try
        {
            response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        }
        catch (HttpRequestException e) when (e.InnerException is SocketException)
        {
            throw new CliException(
                $"No server answers at {_address.Endpoint}; start one with 'cairn server', or name another with --endpoint or CAIRN_ENDPOINT."
            );
        }
        catch (HttpRequestException e)
        {
            throw new CliException($"The call to {_address.Endpoint} failed: {(e.InnerException ?? e).Message}");
        }

        if (response.IsSuccessStatusCode || accept.Contains((int)response.StatusCode))
        {
            return response;
        }

        using (response)
        {
            throw await ErrorOfAsync(response, cancellation);
        }
    }

    public void Dispose() => _http.Dispose();

    private Uri Absolute(string path)
    {
        var url =
            path.StartsWith("http://", StringComparison.Ordinal) || path.StartsWith("https://", StringComparison.Ordinal)
                ? path
                : _address.Endpoint + path;
        // Object names may hold encoded slashes and dots; canonicalisation must not touch them.
        return Uri.TryCreate(url, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }, out var uri)
            ? uri
            : throw new CliException(
                $"'{_address.Endpoint}' is not an address like http://127.0.0.1:8080; correct --endpoint or CAIRN_ENDPOINT."
            );
    }

    private static async Task<ApiException> ErrorOfAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        var text = await response.Content.ReadAsStringAsync(cancellation);
        try
        {
            using var json = JsonDocument.Parse(text);
            if (
                json.RootElement.ValueKind == JsonValueKind.Object
                && json.RootElement.TryGetProperty("error", out var error)
                && error.ValueKind == JsonValueKind.Object
            )
            {
                var status =
                    error.TryGetProperty("status", out var s) && s.ValueKind == JsonValueKind.String
                        ? s.GetString()!
                        : NameOf(response.StatusCode);
                var message = error.TryGetProperty("message", out var m) ? m.GetString() : null;
                return new ApiException(status, message ?? status);
            }

            // As the MLflow door writes them.
            if (
                json.RootElement.ValueKind == JsonValueKind.Object
                && json.RootElement.TryGetProperty("error_code", out var code)
                && code.GetString() is { } name
            )
            {
                return new ApiException(
                    MlflowErrorCodes.Name(name),
                    json.RootElement.TryGetProperty("message", out var m) ? m.GetString() ?? name : name
                );
            }
        }
        catch (JsonException)
        {
            // Not the API's own error: a proxy in between, or another program on this port.
        }

        var shown = text.Length > 200 ? text[..200] + "…" : text;
        return new ApiException(
            NameOf(response.StatusCode),
            $"The server answered {(int)response.StatusCode} {response.ReasonPhrase}. {shown}".Trim()
        );
    }

    /// <summary>The code's name where only the HTTP status tells it, as in Cloud Storage's errors.</summary>
    private static string NameOf(HttpStatusCode status) =>
        (int)status switch
        {
            400 => "INVALID_ARGUMENT",
            401 => "UNAUTHENTICATED",
            403 => "PERMISSION_DENIED",
            404 => "NOT_FOUND",
            409 => "ALREADY_EXISTS",
            412 => "FAILED_PRECONDITION",
            501 => "UNIMPLEMENTED",
            503 => "UNAVAILABLE",
            var other => $"HTTP {other}",
        };
}
