using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Cairn.Data.Tests.Gcs;

namespace Cairn.Data.Tests.Bugs;

/// <summary>What protects a bucket's objects, over the wire: uniform access, retention, soft deletion.</summary>
public sealed class BucketProtectionTests(GcsServer server) : IClassFixture<GcsServer>
{
    [Fact]
    public async Task access_control_lists_are_answered_as_those_of_a_bucket_with_uniform_access()
    {
        var bucket = await server.CreateBucketAsync();
        await server.PutAsync(bucket, "a", "1");
        foreach (
            var path in (string[])
                [$"/storage/v1/b/{bucket}/acl", $"/storage/v1/b/{bucket}/defaultObjectAcl", $"/storage/v1/b/{bucket}/o/a/acl"]
        )
        {
            foreach (
                var (method, suffix) in ((HttpMethod, string)[])
                    [
                        (HttpMethod.Get, ""),
                        (HttpMethod.Get, "/allUsers"),
                        (HttpMethod.Post, ""),
                        (HttpMethod.Put, "/allUsers"),
                        (HttpMethod.Patch, "/allUsers"),
                        (HttpMethod.Delete, "/allUsers"),
                    ]
            )
            {
                var (reason, message) = await GcsServer.ErrorAsync(
                    await server.SendAsync(method, path + suffix, new { role = "READER" }),
                    400
                );
                reason.ShouldBe("invalid");
                message.ShouldContain("uniform bucket-level access is enabled");
            }
        }
    }

    [Fact]
    public async Task public_access_prevention_keeps_everyone_out_of_the_policy()
    {
        var bucket = await server.CreateBucketAsync(JsonNode.Parse("""{"iamConfiguration":{"publicAccessPrevention":"enforced"}}"""));
        var policy = JsonNode.Parse("""{"bindings":[{"role":"roles/storage.objectViewer","members":["allUsers"]}]}""");
        (
            await GcsServer.ErrorAsync(await server.SendAsync(HttpMethod.Put, $"/storage/v1/b/{bucket}/iam", policy), 412)
        ).Message.ShouldContain("publicAccessPrevention");
        await server.SendAsync(
            HttpMethod.Patch,
            $"/storage/v1/b/{bucket}",
            new JsonObject { ["iamConfiguration"] = JsonNode.Parse("""{"publicAccessPrevention":"inherited"}""") }
        );
        await GcsServer.JsonAsync(await server.SendAsync(HttpMethod.Put, $"/storage/v1/b/{bucket}/iam", policy));
    }

    [Fact]
    public async Task a_retention_policy_is_locked_and_says_why_it_keeps_an_object()
    {
        var bucket = await server.CreateBucketAsync(JsonNode.Parse("""{"retentionPolicy":{"retentionPeriod":"3600"}}"""));
        var item = await server.PutAsync(bucket, "a", "1");
        item["retentionExpirationTime"].ShouldNotBeNull();
        (await GcsServer.ErrorAsync(await server.SendAsync(HttpMethod.Delete, $"/storage/v1/b/{bucket}/o/a"), 403)).Reason.ShouldBe(
            "retentionPolicyNotMet"
        );
        (await GcsServer.ErrorAsync(await server.UploadAsync(bucket, "a", [1]), 403)).Reason.ShouldBe("retentionPolicyNotMet");

        (
            await GcsServer.ErrorAsync(await server.SendAsync(HttpMethod.Post, $"/storage/v1/b/{bucket}/lockRetentionPolicy"), 400)
        ).Message.ShouldContain("ifMetagenerationMatch");
        await GcsServer.ErrorAsync(
            await server.SendAsync(HttpMethod.Post, $"/storage/v1/b/{bucket}/lockRetentionPolicy?ifMetagenerationMatch=9"),
            412
        );
        var locked = await GcsServer.JsonAsync(
            await server.SendAsync(HttpMethod.Post, $"/storage/v1/b/{bucket}/lockRetentionPolicy?ifMetagenerationMatch=1")
        );
        locked["retentionPolicy"]!["isLocked"]!.GetValue<bool>().ShouldBeTrue();
        (
            await GcsServer.ErrorAsync(
                await server.SendAsync(HttpMethod.Patch, $"/storage/v1/b/{bucket}", new JsonObject { ["retentionPolicy"] = null }),
                403
            )
        ).Reason.ShouldBe("forbidden");
        (await GcsServer.ErrorAsync(await server.SendAsync(HttpMethod.Put, $"/storage/v1/b/{bucket}", new { }), 403)).Reason.ShouldBe(
            "forbidden"
        );

        var held = await server.CreateBucketAsync();
        await server.PutAsync(held, "a", "1");
        await GcsServer.JsonAsync(await server.SendAsync(HttpMethod.Patch, $"/storage/v1/b/{held}/o/a", new { temporaryHold = true }));
        (await GcsServer.ErrorAsync(await server.SendAsync(HttpMethod.Delete, $"/storage/v1/b/{held}/o/a"), 403)).Reason.ShouldBe(
            "objectUnderActiveHold"
        );
    }

    [Fact]
    public async Task an_object_retention_is_kept_returned_and_overridden()
    {
        var name = $"bucket-{Guid.NewGuid():n}"[..30];
        await GcsServer.JsonAsync(
            await server.SendAsync(HttpMethod.Post, "/storage/v1/b?project=demo&enableObjectRetention=true", new { name })
        );
        await server.PutAsync(name, "a", "1");
        var until = $"{DateTime.UtcNow.Year + 2}-01-01T00:00:00.000Z";
        var item = await GcsServer.JsonAsync(
            await server.SendAsync(
                HttpMethod.Patch,
                $"/storage/v1/b/{name}/o/a",
                new { retention = new { mode = "Unlocked", retainUntilTime = until } }
            )
        );
        item["retention"]!.ToJsonString().ShouldBe($$"""{"mode":"Unlocked","retainUntilTime":"{{until}}"}""");
        item["retentionExpirationTime"]!.GetValue<string>().ShouldBe(until);
        (await GcsServer.ErrorAsync(await server.SendAsync(HttpMethod.Delete, $"/storage/v1/b/{name}/o/a"), 403)).Reason.ShouldBe(
            "retentionPolicyNotMet"
        );
        await GcsServer.ErrorAsync(
            await server.SendAsync(HttpMethod.Patch, $"/storage/v1/b/{name}/o/a", JsonNode.Parse("""{"retention":null}""")),
            403
        );
        await GcsServer.JsonAsync(
            await server.SendAsync(
                HttpMethod.Patch,
                $"/storage/v1/b/{name}/o/a?overrideUnlockedRetention=true",
                JsonNode.Parse("""{"retention":{}}""")
            )
        );
        (await server.SendAsync(HttpMethod.Delete, $"/storage/v1/b/{name}/o/a")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task soft_deleted_objects_and_buckets_are_listed_read_and_restored()
    {
        var bucket = await server.CreateBucketAsync(JsonNode.Parse("""{"softDeletePolicy":{"retentionDurationSeconds":"604800"}}"""));
        var path = $"/storage/v1/b/{bucket}";
        var generation = (await server.PutAsync(bucket, "a/b", "text"))["generation"]!.GetValue<string>();
        (await server.SendAsync(HttpMethod.Delete, $"{path}/o/a%2Fb")).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        (await GcsServer.JsonAsync(await server.SendAsync(HttpMethod.Get, $"{path}/o?versions=true")))["items"].ShouldBeNull();
        (
            await GcsServer.ErrorAsync(await server.SendAsync(HttpMethod.Get, $"{path}/o?versions=true&softDeleted=true"), 400)
        ).Message.ShouldContain("softDeleted");
        var listed = (await GcsServer.JsonAsync(await server.SendAsync(HttpMethod.Get, $"{path}/o?softDeleted=true")))["items"]!
            .AsArray()
            .ShouldHaveSingleItem()!;
        listed["generation"]!.GetValue<string>().ShouldBe(generation);
        (Time(listed["hardDeleteTime"]) - Time(listed["softDeleteTime"])).ShouldBe(TimeSpan.FromDays(7));
        (await GcsServer.ErrorAsync(await server.SendAsync(HttpMethod.Get, $"{path}/o/a%2Fb?softDeleted=true"), 400)).Message.ShouldContain(
            "generation"
        );
        (await GcsServer.JsonAsync(await server.SendAsync(HttpMethod.Get, $"{path}/o/a%2Fb?softDeleted=true&generation={generation}")))[
            "size"
        ]!
            .GetValue<string>()
            .ShouldBe("4");

        var bucketGeneration = (await GcsServer.JsonAsync(await server.SendAsync(HttpMethod.Get, path)))["generation"]!.GetValue<string>();
        (await server.SendAsync(HttpMethod.Delete, path)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        var gone = await GcsServer.JsonAsync(
            await server.SendAsync(HttpMethod.Get, $"/storage/v1/b?project=demo&softDeleted=true&prefix={bucket}")
        );
        gone["items"]!.AsArray().ShouldHaveSingleItem()!["generation"]!.GetValue<string>().ShouldBe(bucketGeneration);
        await GcsServer.JsonAsync(await server.SendAsync(HttpMethod.Get, $"{path}?softDeleted=true&generation={bucketGeneration}"));
        await GcsServer.JsonAsync(await server.SendAsync(HttpMethod.Post, $"{path}/restore?generation={bucketGeneration}"));

        await GcsServer.ErrorAsync(
            await server.SendAsync(HttpMethod.Post, $"{path}/o/a%2Fb/restore?generation={generation}&ifGenerationMatch=7"),
            412
        );
        await GcsServer.JsonAsync(await server.SendAsync(HttpMethod.Post, $"{path}/o/a%2Fb/restore?generation={generation}"));
        (await server.TextAsync(bucket, "a/b")).ShouldBe("text");
    }

    private static DateTimeOffset Time(JsonNode? text) => DateTimeOffset.Parse(text!.GetValue<string>(), CultureInfo.InvariantCulture);
}
