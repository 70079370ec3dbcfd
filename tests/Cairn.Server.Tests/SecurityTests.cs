using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Cairn.Kernel.Errors;
using Cairn.Testing;
using Google.Cloud.AIPlatform.V1;
using Google.Rpc;

namespace Cairn.Server.Tests;

public sealed class SecurityTests : IDisposable
{
    private const string Models = "/v1/projects/p/locations/us-central1/models";

    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("0.0.0.0:0", "127.0.0.1:0", null)]
    [InlineData("127.0.0.1:0", "0.0.0.0:0", null)]
    [InlineData("127.0.0.1:0", "127.0.0.1:0", "[::]:0")]
    public async Task a_server_that_others_can_reach_refuses_to_start_without_authentication(string http, string grpc, string? https)
    {
        var options = RunningServer.Options(_scratch["data"]) with { Http = http, Grpc = grpc, Https = https, Authentication = false };
        (await Should.ThrowAsync<StatusException>(() => CairnServer.StartAsync(options))).Message.ShouldContain("without authentication");
    }

    [Fact]
    public async Task a_server_that_others_can_reach_asks_for_a_token_by_itself()
    {
        await using var server = await CairnServer.StartAsync(RunningServer.Options(_scratch["data"]) with { Http = "0.0.0.0:0" });
        server.AuthenticationRequired.ShouldBeTrue();
        using var http = new HttpClient { BaseAddress = server.HttpUrl };
        using var response = await http.GetAsync(Models);
        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        response.Headers.WwwAuthenticate.ShouldNotBeEmpty();
        (await http.GetAsync("/healthz")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task tokens_open_what_their_role_and_project_allow_and_nothing_after_revocation()
    {
        await using var server = await CairnServer.StartAsync(RunningServer.Options(_scratch["data"]) with { Authentication = true });
        var admin = await RunningServer.AdministratorAsync(_scratch["data"]);
        using var none = Client(server, null);
        (await none.GetAsync(Models)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await Client(server, "cairn_wrong").GetAsync(Models)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await none.PostAsJsonAsync("/cairn/v1/tokens", new { name = "x" })).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);

        using var root = Client(server, admin);
        (await root.GetAsync(Models)).StatusCode.ShouldNotBe(HttpStatusCode.Unauthorized);
        var viewer = Client(server, (string)(await Create(root, new { name = "eve", role = "viewer" }))["token"]!);
        (await viewer.GetAsync("/v1/projects/p/locations/us-central1/operations")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await viewer.DeleteAsync(Models + "/1")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await viewer.PostAsJsonAsync("/cairn/v1/tokens", new { name = "x" })).StatusCode.ShouldBe(HttpStatusCode.Forbidden);

        var bound = await Create(
            root,
            new
            {
                name = "bob",
                role = "editor",
                project = "p",
            }
        );
        using var bob = Client(server, (string)bound["token"]!);
        (await bob.GetAsync("/v1/projects/other/locations/us-central1/operations")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await bob.GetAsync("/v1/projects/p/locations/us-central1/operations")).StatusCode.ShouldBe(HttpStatusCode.OK);

        using var grpc = new GrpcClient(server.GrpcAddress);
        var path = "/google.cloud.aiplatform.v1.ModelService/GetModel";
        (await grpc.CallAsync(path, new GetModelRequest { Name = "projects/p/locations/l/models/1" })).Status.ShouldBe(
            (int)Code.Unauthenticated
        );
        (await grpc.CallAsync(path, new GetModelRequest { Name = "projects/p/locations/l/models/1" }, token: admin)).Status.ShouldNotBe(
            (int)Code.Unauthenticated
        );

        (await root.DeleteAsync($"/cairn/v1/tokens/{bound["id"]}")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await bob.GetAsync("/v1/projects/p/locations/us-central1/operations")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task a_secret_is_stored_nowhere()
    {
        await using var server = await CairnServer.StartAsync(RunningServer.Options(_scratch["data"]));
        using var http = Client(server, await RunningServer.AdministratorAsync(_scratch["data"]));
        var secret = (string)(await Create(http, new { name = "ada" }))["token"]!;
        await server.DisposeAsync();
        var needle = System.Text.Encoding.UTF8.GetBytes(secret);
        foreach (var file in Directory.GetFiles(_scratch["data"], "*", SearchOption.AllDirectories))
        {
            (await File.ReadAllBytesAsync(file)).AsSpan().IndexOf(needle).ShouldBe(-1, file);
        }
    }

    [Theory]
    [InlineData("Host", "evil.example")]
    [InlineData("Host", "10.0.0.7:8080")]
    [InlineData("Origin", "http://evil.example")]
    [InlineData("Origin", "null")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    public async Task pages_of_other_sites_are_kept_out_of_a_loopback_server(string header, string value)
    {
        await using var server = await CairnServer.StartAsync(RunningServer.Options(_scratch["data"]));
        using var http = new HttpClient { BaseAddress = server.HttpUrl };
        using var message = new HttpRequestMessage(HttpMethod.Post, "/cairn/v1/tokens")
        {
            Content = JsonContent.Create(new { name = "x" }),
        };
        message.Headers.TryAddWithoutValidation(header, value);
        (await http.SendAsync(message)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task the_servers_own_pages_and_names_are_let_in()
    {
        await using var server = await CairnServer.StartAsync(RunningServer.Options(_scratch["data"]));
        using var http = new HttpClient { BaseAddress = server.HttpUrl };
        using var message = new HttpRequestMessage(HttpMethod.Get, "/cairn/v1/tokens");
        message.Headers.Host = $"localhost:{server.HttpUrl.Port}";
        message.Headers.TryAddWithoutValidation("Origin", $"http://localhost:{server.HttpUrl.Port}");
        (await http.SendAsync(message)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task tls_serves_both_protocols_on_one_port_with_a_certificate_of_its_own()
    {
        await using var server = await CairnServer.StartAsync(RunningServer.Options(_scratch["data"]) with { Https = "127.0.0.1:0" });
        var pem = await File.ReadAllTextAsync(Path.Combine(_scratch["data"], "tls", "certificate.pem"));
        using var handler = new SocketsHttpHandler();
        using var trusted = System.Security.Cryptography.X509Certificates.X509Certificate2.CreateFromPem(pem);
        handler.SslOptions.CertificateChainPolicy = new System.Security.Cryptography.X509Certificates.X509ChainPolicy
        {
            TrustMode = System.Security.Cryptography.X509Certificates.X509ChainTrustMode.CustomRootTrust,
            CustomTrustStore = { trusted },
            RevocationMode = System.Security.Cryptography.X509Certificates.X509RevocationMode.NoCheck,
        };
        using var http = new HttpClient(handler) { BaseAddress = server.HttpsUrl };
        foreach (var version in (Version[])[HttpVersion.Version11, HttpVersion.Version20])
        {
            using var message = new HttpRequestMessage(HttpMethod.Get, "/healthz")
            {
                Version = version,
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            };
            using var response = await http.SendAsync(message);
            response.StatusCode.ShouldBe(HttpStatusCode.OK);
            response.Version.ShouldBe(version);
        }

        File.GetUnixFileMode(Path.Combine(_scratch["data"], "tls", "key.pem")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public async Task two_servers_do_not_share_a_data_folder()
    {
        await using var first = await CairnServer.StartAsync(RunningServer.Options(_scratch["data"]));
        (
            await Should.ThrowAsync<StatusException>(() => CairnServer.StartAsync(RunningServer.Options(_scratch["data"])))
        ).Message.ShouldContain("another server");
    }

    [Theory]
    [InlineData("8080", "--http")]
    [InlineData("example.com:80", "--http")]
    [InlineData("127.0.0.1:99999", "--http")]
    public async Task an_address_that_is_none_is_said_to_be_none(string http, string named) =>
        (
            await Should.ThrowAsync<StatusException>(() =>
                CairnServer.StartAsync(RunningServer.Options(_scratch["data"]) with { Http = http })
            )
        ).Message.ShouldContain(named);

    private static HttpClient Client(CairnServer server, string? token)
    {
        var client = new HttpClient { BaseAddress = server.HttpUrl };
        client.DefaultRequestHeaders.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    private static async Task<JsonNode> Create(HttpClient http, object request)
    {
        using var response = await http.PostAsJsonAsync("/cairn/v1/tokens", request);
        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync());
        return JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
    }
}
