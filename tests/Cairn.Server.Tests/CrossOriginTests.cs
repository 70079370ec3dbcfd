using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Cairn.Server.Tests;

/// <summary>
/// What pages of other origins may do with a bucket that has a CORS configuration: what its owner says, with a token of their own, and
/// nothing else.
/// </summary>
public sealed class CrossOriginTests(RunningServer running) : IClassFixture<RunningServer>, IAsyncLifetime
{
    private const string Origin = "https://app.example";

    private readonly string _open = $"open-{Guid.NewGuid():n}";
    private readonly string _shut = $"shut-{Guid.NewGuid():n}";
    private string _token = "";

    public async ValueTask InitializeAsync()
    {
        var cors = JsonNode.Parse(
            """[{"origin":["https://app.example"],"method":["GET","POST"],"responseHeader":["Content-Type","x-goog-*"],"maxAgeSeconds":77}]"""
        );
        (await running.Http.PostAsJsonAsync("/storage/v1/b?project=demo", new { name = _open, cors })).EnsureSuccessStatusCode();
        (await running.Http.PostAsJsonAsync("/storage/v1/b?project=demo", new { name = _shut })).EnsureSuccessStatusCode();
        foreach (var bucket in (string[])[_open, _shut])
        {
            (
                await running.Http.PostAsync($"/upload/storage/v1/b/{bucket}/o?uploadType=media&name=a", new StringContent("text"))
            ).EnsureSuccessStatusCode();
        }

        using var making = new HttpRequestMessage(HttpMethod.Post, "/cairn/v1/tokens")
        {
            Content = JsonContent.Create(
                new
                {
                    name = "page",
                    role = "editor",
                    project = "demo",
                }
            ),
        };
        making.Headers.Authorization = new("Bearer", await RunningServer.AdministratorAsync(running.Data));
        using var made = await running.Http.SendAsync(making);
        _token = (string)JsonNode.Parse(await made.Content.ReadAsStringAsync())!["token"]!;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [InlineData("GET", "/storage/v1/b/OPEN/o/a?alt=media", "authorization,x-goog-meta-x", HttpStatusCode.OK)]
    [InlineData("POST", "/upload/storage/v1/b/OPEN/o?uploadType=media&name=b", "authorization,content-type", HttpStatusCode.OK)]
    [InlineData("GET", "/download/storage/v1/b/OPEN/o/a", "authorization", HttpStatusCode.OK)]
    [InlineData("GET", "/storage/v1/b/OPEN/o/a", "x-other", HttpStatusCode.Forbidden)]
    [InlineData("DELETE", "/storage/v1/b/OPEN/o/a", "authorization", HttpStatusCode.Forbidden)]
    [InlineData("GET", "/storage/v1/b/SHUT/o/a", "authorization", HttpStatusCode.Forbidden)]
    [InlineData("GET", "/storage/v1/b/nowhere/o/a", "authorization", HttpStatusCode.Forbidden)]
    [InlineData("GET", "/storage/v1/b/OPEN", "authorization", HttpStatusCode.Forbidden)]
    [InlineData("GET", "/storage/v1/b/OPEN/iam", "authorization", HttpStatusCode.Forbidden)]
    [InlineData("POST", "/storage/v1/b/OPEN/o/a/copyTo/b/SHUT/o/a", "authorization", HttpStatusCode.Forbidden)]
    [InlineData("POST", "/batch/storage/v1", "authorization", HttpStatusCode.Forbidden)]
    [InlineData("POST", "/cairn/v1/tokens", "authorization", HttpStatusCode.Forbidden)]
    [InlineData("GET", "/healthz", "authorization", HttpStatusCode.Forbidden)]
    public async Task a_preflight_opens_the_objects_of_that_bucket_and_nothing_beside_them(
        string method,
        string path,
        string headers,
        HttpStatusCode status
    )
    {
        using var response = await SendAsync(
            HttpMethod.Options,
            path,
            Origin,
            null,
            ("Access-Control-Request-Method", method),
            ("Access-Control-Request-Headers", headers)
        );

        response.StatusCode.ShouldBe(status);
        response.Headers.Contains("Access-Control-Allow-Origin").ShouldBe(status == HttpStatusCode.OK);
        if (status == HttpStatusCode.OK)
        {
            Header(response, "Access-Control-Allow-Origin").ShouldBe(Origin);
            Header(response, "Access-Control-Allow-Methods").ShouldBe(method);
            Header(response, "Access-Control-Allow-Headers").ShouldBe(headers.Replace(",", ", "));
            Header(response, "Access-Control-Max-Age").ShouldBe("77");
            Header(response, "Vary").ShouldBe("Origin");
            response.Headers.Contains("Access-Control-Allow-Credentials").ShouldBeFalse();
        }
    }

    [Fact]
    public async Task a_page_reads_and_writes_with_its_token_and_sees_the_headers_that_it_may()
    {
        using var read = await SendAsync(HttpMethod.Get, "/storage/v1/b/OPEN/o/a?alt=media", Origin, "Bearer " + _token);
        (await read.Content.ReadAsStringAsync()).ShouldBe("text");
        Header(read, "Access-Control-Allow-Origin").ShouldBe(Origin);
        Header(read, "Vary").ShouldBe("Origin");
        Header(read, "Access-Control-Expose-Headers").ShouldContain("x-goog-hash");
        Header(read, "Access-Control-Expose-Headers").ShouldNotContain("Last-Modified");

        using var written = await SendAsync(
            HttpMethod.Post,
            "/upload/storage/v1/b/OPEN/o?uploadType=media&name=b",
            Origin,
            "Bearer " + _token
        );
        written.StatusCode.ShouldBe(HttpStatusCode.OK);

        using var missing = await SendAsync(HttpMethod.Get, "/storage/v1/b/OPEN/o/none", Origin, "Bearer " + _token);
        missing.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        Header(missing, "Access-Control-Allow-Origin").ShouldBe(Origin);
    }

    [Fact]
    public async Task a_page_is_lent_no_identity_on_a_server_that_asks_for_none()
    {
        foreach (
            var authorization in (string?[])
                [null, "Bearer unknown", "Basic " + Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes("user:" + _token))]
        )
        {
            using var read = await SendAsync(HttpMethod.Get, "/storage/v1/b/OPEN/o/a?alt=media", Origin, authorization);
            read.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
            using var write = await SendAsync(
                HttpMethod.Post,
                "/upload/storage/v1/b/OPEN/o?uploadType=media&name=stolen",
                Origin,
                authorization
            );
            write.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        }

        (await running.Http.GetAsync($"/storage/v1/b/{_open}/o/stolen")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("https://other.example", "/storage/v1/b/OPEN/o/a")]
    [InlineData("null", "/storage/v1/b/OPEN/o/a")]
    [InlineData(Origin, "/storage/v1/b/SHUT/o/a")]
    [InlineData(Origin, "/storage/v1/b/OPEN")]
    [InlineData(Origin, "/storage/v1/b?project=demo")]
    public async Task a_token_does_not_open_what_the_owner_has_not(string origin, string path)
    {
        using var response = await SendAsync(HttpMethod.Get, path, origin, "Bearer " + _token);
        response.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        response.Headers.Contains("Access-Control-Allow-Origin").ShouldBeFalse();
    }

    [Fact]
    public async Task an_owners_word_does_not_open_the_server_to_other_host_names()
    {
        using var message = new HttpRequestMessage(HttpMethod.Get, $"/storage/v1/b/{_open}/o/a");
        message.Headers.Host = "evil.example";
        message.Headers.TryAddWithoutValidation("Origin", Origin);
        message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _token);
        (await running.Http.SendAsync(message)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method,
        string path,
        string origin,
        string? authorization,
        params (string Name, string Value)[] headers
    )
    {
        using var message = new HttpRequestMessage(method, path.Replace("OPEN", _open).Replace("SHUT", _shut));
        message.Headers.TryAddWithoutValidation("Origin", origin);
        foreach (var (name, value) in headers)
        {
            message.Headers.TryAddWithoutValidation(name, value);
        }

        if (authorization is not null)
        {
            message.Headers.TryAddWithoutValidation("Authorization", authorization);
        }

        if (method == HttpMethod.Post)
        {
            message.Content = new StringContent("x");
        }

        return await running.Http.SendAsync(message);
    }

    private static string Header(HttpResponseMessage response, string name) => string.Join(", ", response.Headers.GetValues(name));
}
