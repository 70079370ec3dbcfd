using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Cairn.Testing;

namespace Cairn.Server.Tests;

/// <summary>The boundary between projects and the roles, through the Cloud Storage door.</summary>
public sealed class TenantTests : IAsyncLifetime
{
    private readonly ScratchDirectory _scratch = new();
    private readonly List<RestClient> _clients = [];
    private CairnServer _server = null!;
    private RestClient _root = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await CairnServer.StartAsync(RunningServer.Options(_scratch["data"]) with { Authentication = true });
        _root = Client(await RunningServer.AdministratorAsync(_scratch["data"]));
        foreach (var project in (string[])["mine", "theirs"])
        {
            await _root.CreateBucketAsync(project + "-bucket", project);
            await _root.UploadAsync(project + "-bucket", "a/b", Encoding.UTF8.GetBytes("of " + project));
        }
    }

    public async ValueTask DisposeAsync()
    {
        _clients.ForEach(static client => client.Dispose());
        await _server.DisposeAsync();
        _scratch.Dispose();
    }

    /// <summary>What a client may ask of a bucket, <c>BUCKET</c>; in an order in which all of it works.</summary>
    public static TheoryData<string, string, string?> Calls =>
        new()
        {
            { "GET", "/storage/v1/b/BUCKET", null },
            { "GET", "/storage/v1/b/BUCKET/o", null },
            { "GET", "/storage/v1/b/BUCKET/o?prefix=a/&delimiter=/&versions=true", null },
            { "GET", "/storage/v1/b/BUCKET/o?softDeleted=true", null },
            { "GET", "/storage/v1/b/BUCKET/o/a%2Fb", null },
            { "GET", "/storage/v1/b/BUCKET/o/a%2Fb?alt=media", null },
            { "GET", "/download/storage/v1/b/BUCKET/o/a%2Fb?alt=media", null },
            { "GET", "/storage/v1/b/BUCKET/iam", null },
            { "GET", "/storage/v1/b/BUCKET/storageLayout", null },
            { "GET", "/storage/v1/b/BUCKET/notificationConfigs", null },
            { "POST", "/upload/storage/v1/b/BUCKET/o?uploadType=media&name=new", "" },
            { "POST", "/upload/storage/v1/b/BUCKET/o?uploadType=resumable&name=new", "{}" },
            { "POST", "/storage/v1/b/BUCKET/o/a%2Fb/rewriteTo/b/mine-bucket/o/copy", "{}" },
            { "POST", "/storage/v1/b/mine-bucket/o/a%2Fb/rewriteTo/b/BUCKET/o/copy", "{}" },
            { "POST", "/storage/v1/b/BUCKET/o/a%2Fb/copyTo/b/mine-bucket/o/copy", "{}" },
            { "POST", "/storage/v1/b/mine-bucket/o/a%2Fb/copyTo/b/BUCKET/o/copy", "{}" },
            { "POST", "/storage/v1/b/BUCKET/o/c/compose", """{"sourceObjects":[{"name":"a/b"}]}""" },
            { "PATCH", "/storage/v1/b/BUCKET/o/a%2Fb", """{"contentType":"x/y"}""" },
            { "PATCH", "/storage/v1/b/BUCKET", """{"labels":{"a":"b"}}""" },
            { "POST", "/storage/v1/b/BUCKET/o/a%2Fb/moveTo/o/moved", "{}" },
            { "DELETE", "/storage/v1/b/BUCKET/o/moved", null },
        };

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task a_projects_token_does_to_anothers_bucket_nothing(string method, string path, string? body)
    {
        var bound = await TokenAsync("editor", "mine");

        var (status, answer) = await bound.TrySendAsync(new HttpMethod(method), path.Replace("BUCKET", "theirs-bucket"), Json(body));

        status.ShouldBe(HttpStatusCode.Forbidden, answer.ToJsonString());
        ((string)answer["error"]!["message"]!).ShouldContain("limited to project 'mine'");
        (await _root.GetAsync("/storage/v1/b/theirs-bucket/o"))["items"]!.AsArray().ShouldHaveSingleItem()!["name"]!
            .GetValue<string>()
            .ShouldBe("a/b");
    }

    [Fact]
    public async Task a_projects_token_does_all_of_it_to_its_own_bucket()
    {
        var bound = await TokenAsync("editor", "mine");
        foreach (var row in Calls)
        {
            var (method, path, body) = row.Data;
            var (status, answer) = await bound.TrySendAsync(new HttpMethod(method), path.Replace("BUCKET", "mine-bucket"), Json(body));
            ((int)status).ShouldBeLessThan(300, $"{method} {path}: {answer.ToJsonString()}");
        }
    }

    [Fact]
    public async Task a_projects_token_lists_and_makes_buckets_in_its_project_only()
    {
        var bound = await TokenAsync("editor", "mine");

        (await bound.GetAsync("/storage/v1/b?project=mine"))["items"]!.AsArray().ShouldHaveSingleItem()!["name"]!
            .GetValue<string>()
            .ShouldBe("mine-bucket");
        (await bound.TrySendAsync(HttpMethod.Get, "/storage/v1/b?project=theirs")).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await bound.TrySendAsync(HttpMethod.Post, "/storage/v1/b?project=theirs", new { name = "planted" })).Status.ShouldBe(
            HttpStatusCode.Forbidden
        );
        (await bound.TrySendAsync(HttpMethod.Get, "/storage/v1/projects/theirs/serviceAccount")).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await _root.TrySendAsync(HttpMethod.Get, "/storage/v1/b/planted")).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task deleted_buckets_and_locks_are_their_owners_alone()
    {
        await _root.PostAsync(
            "/storage/v1/b?project=theirs",
            new { name = "theirs-deleted", softDeletePolicy = new { retentionDurationSeconds = 604_800 } }
        );
        var generation = (string)(await _root.GetAsync("/storage/v1/b/theirs-deleted"))["generation"]!;
        (await _root.TrySendAsync(HttpMethod.Delete, "/storage/v1/b/theirs-deleted")).Status.ShouldBe(HttpStatusCode.NoContent);
        var bound = await TokenAsync("editor", "mine");

        foreach (
            var (method, path) in ((HttpMethod, string)[])
                [
                    (HttpMethod.Get, "/storage/v1/b?project=theirs&softDeleted=true"),
                    (HttpMethod.Get, $"/storage/v1/b/theirs-deleted?softDeleted=true&generation={generation}"),
                    (HttpMethod.Post, $"/storage/v1/b/theirs-deleted/restore?generation={generation}"),
                    (HttpMethod.Post, "/storage/v1/b/theirs-bucket/lockRetentionPolicy?ifMetagenerationMatch=1"),
                    (HttpMethod.Post, "/storage/v1/b/theirs-bucket/o/a%2Fb/restore?generation=1"),
                    (HttpMethod.Get, "/storage/v1/b/theirs-bucket/o/a%2Fb?softDeleted=true&generation=1"),
                    (HttpMethod.Get, "/storage/v1/b/theirs-bucket/acl"),
                    (HttpMethod.Delete, "/storage/v1/b/theirs-bucket/o/a%2Fb/acl/allUsers"),
                ]
        )
        {
            var (status, answer) = await bound.TrySendAsync(method, path);
            status.ShouldBe(HttpStatusCode.Forbidden, $"{path} {answer.ToJsonString()}");
            ((string)answer["error"]!["message"]!).ShouldContain("limited to project 'mine'");
        }

        await _root.PostAsync($"/storage/v1/b/theirs-deleted/restore?generation={generation}", new { });
    }

    [Fact]
    public async Task an_upload_that_another_project_began_is_not_continued()
    {
        var begun = await BeginUploadAsync(_root, "/upload/storage/v1/b/theirs-bucket/o?uploadType=resumable&name=big");
        var bound = await TokenAsync("editor", "mine");
        foreach (var bucket in (string[])["theirs-bucket", "mine-bucket"])
        {
            var path = begun.PathAndQuery.Replace("theirs-bucket", bucket);
            var (status, answer) = await bound.TrySendAsync(HttpMethod.Put, path, new ByteArrayContent("smuggled"u8.ToArray()));
            status.ShouldBeOneOf([HttpStatusCode.Forbidden, HttpStatusCode.NotFound], answer.ToJsonString());
        }

        (await _root.TrySendAsync(HttpMethod.Get, RestClient.ObjectPath("theirs-bucket", "big"))).Status.ShouldBe(HttpStatusCode.NotFound);
        (await _root.TrySendAsync(HttpMethod.Get, RestClient.ObjectPath("mine-bucket", "big"))).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task in_a_batch_each_call_stands_before_the_boundary_by_itself()
    {
        var bound = await TokenAsync("editor", "mine");

        var statuses = await BatchAsync(
            bound,
            "GET /storage/v1/b/mine-bucket/o/a%2Fb",
            "DELETE /storage/v1/b/theirs-bucket/o/a%2Fb",
            "GET /storage/v1/b/theirs-bucket/o",
            "GET /storage/v1/b?project=theirs",
            "GET /storage/v1/b?project=mine"
        );

        statuses.ShouldBe([200, 403, 403, 403, 200]);
        await _root.GetAsync(RestClient.ObjectPath("theirs-bucket", "a/b"));
    }

    /// <summary>The batch needs no permission of its own: what a role may do one by one it may do in a batch, and no more.</summary>
    [Fact]
    public async Task in_a_batch_each_calls_own_permission_decides()
    {
        var viewer = await TokenAsync("viewer", project: null);

        var statuses = await BatchAsync(
            viewer,
            "GET /storage/v1/b/mine-bucket/o/a%2Fb",
            "DELETE /storage/v1/b/mine-bucket/o/a%2Fb",
            "GET /storage/v1/b/theirs-bucket/o"
        );

        statuses.ShouldBe([200, 403, 200]);
        await _root.GetAsync(RestClient.ObjectPath("mine-bucket", "a/b"));
    }

    [Fact]
    public async Task a_batch_needs_an_identity()
    {
        var nobody = Client("cairn_unknown");
        (await nobody.TrySendAsync(HttpMethod.Post, "/batch/storage/v1", Batch("GET /storage/v1/b/mine-bucket"))).Status.ShouldBe(
            HttpStatusCode.Unauthorized
        );
    }

    private static string Address(CairnServer server) => server.HttpUrl.ToString().TrimEnd('/');

    private static object? Json(string? body) => body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");

    private static HttpContent Batch(params string[] calls)
    {
        var text =
            string.Concat(
                calls.Select(
                    static (call, i) =>
                        $"--batch\r\nContent-Type: application/http\r\nContent-ID: <x + {i}>\r\n\r\n{call} HTTP/1.1\r\n\r\n\r\n"
                )
            ) + "--batch--";
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(text));
        content.Headers.ContentType = MediaTypeHeaderValue.Parse("multipart/mixed; boundary=batch");
        return content;
    }

    private static async Task<int[]> BatchAsync(RestClient client, params string[] calls)
    {
        var (status, answer) = await client.TrySendAsync(HttpMethod.Post, "/batch/storage/v1", Batch(calls));
        status.ShouldBe(HttpStatusCode.OK, answer.ToJsonString());
        return [.. ((string)answer["text"]!).Split("HTTP/1.1 ")[1..].Select(static part => int.Parse(part[..3]))];
    }

    /// <summary>Begins a resumable upload and returns its address.</summary>
    private async Task<Uri> BeginUploadAsync(RestClient client, string path)
    {
        using var http = new HttpClient { BaseAddress = _server.HttpUrl };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", client.Token);
        using var response = await http.PostAsync(path, null);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        return response.Headers.Location!;
    }

    private async Task<RestClient> TokenAsync(string role, string? project) =>
        Client(
            (string)
                (
                    await _root.PostAsync(
                        "/cairn/v1/tokens",
                        new JsonObject
                        {
                            ["name"] = "someone",
                            ["role"] = role,
                            ["project"] = project,
                        }
                    )
                )["token"]!
        );

    private RestClient Client(string token)
    {
        var client = new RestClient(Address(_server), token);
        _clients.Add(client);
        return client;
    }
}
