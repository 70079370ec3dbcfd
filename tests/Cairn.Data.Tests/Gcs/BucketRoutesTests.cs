using System.Net;
using System.Text.Json.Nodes;

namespace Cairn.Data.Tests.Gcs;

public sealed class BucketRoutesTests(GcsServer server) : IClassFixture<GcsServer>
{
    [Fact]
    public async Task the_buckets_project_number_is_resource_managers()
    {
        var bucket = await server.CreateBucketAsync();
        var resource = await GcsServer.JsonAsync(await server.SendAsync(HttpMethod.Get, $"/storage/v1/b/{bucket}"));
        var project = await GcsServer.JsonAsync(await server.SendAsync(HttpMethod.Get, "/v3/projects/demo"));

        project["projectId"]!.GetValue<string>().ShouldBe("demo");
        project["name"]!.GetValue<string>().ShouldBe($"projects/{resource["projectNumber"]!.GetValue<string>()}");
    }

    [Fact]
    public async Task names_are_global_and_bad_ones_are_refused()
    {
        var bucket = await server.CreateBucketAsync();

        (
            await GcsServer.ErrorAsync(await server.SendAsync(HttpMethod.Post, "/storage/v1/b?project=other", new { name = bucket }), 409)
        ).Reason.ShouldBe("conflict");
        (
            await GcsServer.ErrorAsync(
                await server.SendAsync(HttpMethod.Post, "/storage/v1/b?project=demo", new { name = "Not_A_Bucket" }),
                400
            )
        ).Message.ShouldContain("'Not_A_Bucket'");
        (
            await GcsServer.ErrorAsync(await server.SendAsync(HttpMethod.Post, "/storage/v1/b?project=demo", new { }), 400)
        ).Message.ShouldContain("name");
        (
            await GcsServer.ErrorAsync(await server.SendAsync(HttpMethod.Post, "/storage/v1/b", new { name = "no-project" }), 400)
        ).Message.ShouldContain("project");
        await GcsServer.ErrorAsync(await server.SendAsync(HttpMethod.Post, "/storage/v1/b?project=demo", new StringContent("{")), 400);
    }

    [Fact]
    public async Task a_bucket_is_changed_listed_and_deleted()
    {
        var bucket = await server.CreateBucketAsync(new { location = "europe-west4", labels = new { team = "ml" } });
        var path = $"/storage/v1/b/{bucket}";

        var patched = await GcsServer.JsonAsync(
            await server.SendAsync(
                HttpMethod.Patch,
                path,
                JsonNode.Parse("""{"versioning":{"enabled":true},"labels":{"team":null,"x":"y"}}""")
            )
        );
        patched["labels"]!.ToJsonString().ShouldBe("""{"x":"y"}""");
        patched["location"]!.GetValue<string>().ShouldBe("EUROPE-WEST4");
        patched["versioning"]!["enabled"]!.GetValue<bool>().ShouldBeTrue();
        await GcsServer.ErrorAsync(await server.SendAsync(HttpMethod.Patch, $"{path}?ifMetagenerationMatch=1", new { }), 412);

        var list = await GcsServer.JsonAsync(await server.SendAsync(HttpMethod.Get, $"/storage/v1/b?project=demo&prefix={bucket}"));
        list["items"]!.AsArray().Count.ShouldBe(1);

        await server.PutAsync(bucket, "a", "1");
        (await GcsServer.ErrorAsync(await server.SendAsync(HttpMethod.Delete, path), 409)).Message.ShouldContain("not empty");
        var generation = (await GcsServer.JsonAsync(await server.SendAsync(HttpMethod.Get, $"{path}/o/a")))[
            "generation"
        ]!.GetValue<string>();
        (await server.SendAsync(HttpMethod.Delete, $"{path}/o/a?generation={generation}")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await server.SendAsync(HttpMethod.Delete, path)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        await GcsServer.ErrorAsync(await server.SendAsync(HttpMethod.Get, path), 404);
    }

    [Fact]
    public async Task the_iam_policy_is_kept_and_guarded_by_its_etag()
    {
        var bucket = await server.CreateBucketAsync();
        var path = $"/storage/v1/b/{bucket}/iam";
        var policy = await GcsServer.JsonAsync(await server.SendAsync(HttpMethod.Get, path));
        policy["bindings"] = new JsonArray(
            new JsonObject { ["role"] = "roles/storage.objectViewer", ["members"] = new JsonArray("user:ada@example.com") }
        );

        await GcsServer.JsonAsync(await server.SendAsync(HttpMethod.Put, path, policy));

        await GcsServer.ErrorAsync(await server.SendAsync(HttpMethod.Put, path, policy), 412);
        (await GcsServer.JsonAsync(await server.SendAsync(HttpMethod.Get, path)))["bindings"]!.ToJsonString().ShouldContain("objectViewer");
        var tested = await GcsServer.JsonAsync(
            await server.SendAsync(
                HttpMethod.Get,
                $"{path}/testPermissions?permissions=storage.objects.get&permissions=storage.objects.create"
            )
        );
        tested["permissions"]!.AsArray().Count.ShouldBe(2);
    }

    [Fact]
    public async Task buckets_are_listed_page_by_page()
    {
        var project = $"p{Guid.NewGuid():n}";
        var names = Enumerable.Range(0, 7).Select(i => $"{project[..20]}-{i}").ToList();
        foreach (var name in names)
        {
            await GcsServer.JsonAsync(await server.SendAsync(HttpMethod.Post, $"/storage/v1/b?project={project}", new { name }));
        }

        var seen = new List<string>();
        var token = "";
        do
        {
            var page = await GcsServer.JsonAsync(
                await server.SendAsync(HttpMethod.Get, $"/storage/v1/b?project={project}&maxResults=3&pageToken={token}")
            );
            seen.AddRange(page["items"]!.AsArray().Select(item => item!["name"]!.GetValue<string>()));
            token = page["nextPageToken"]?.GetValue<string>();
        } while (token is not null);

        seen.ShouldBe(names);
        await GcsServer.ErrorAsync(await server.SendAsync(HttpMethod.Get, $"/storage/v1/b?project={project}&pageToken=!!!"), 400);
    }
}
