using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Cairn.Data.Tests.Gcs;

namespace Cairn.Data.Tests.Bugs;

/// <summary>What Cloud Storage's own clients send or expect, and this server once did otherwise.</summary>
public sealed class StorageProtocolTests(GcsServer server) : IClassFixture<GcsServer>
{
    private static readonly (string, string)[] Gzip = [("Content-Encoding", "gzip")];

    [Fact]
    public async Task an_emulators_address_leads_to_the_same_calls_without_their_prefix()
    {
        var bucket = await server.CreateBucketAsync();
        await GcsServer.JsonAsync(
            await server.SendAsync(HttpMethod.Post, $"/upload/b/{bucket}/o?uploadType=media&name=x/y%20z", new StringContent("text"))
        );

        (await server.Http.GetStringAsync(server.Url($"/b/{bucket}/o/x%2Fy%20z?alt=media"))).ShouldBe("text");
        (await server.Http.GetStringAsync(server.Url($"/download/b/{bucket}/o/x%2Fy%20z?alt=media"))).ShouldBe("text");
        (await server.Http.GetStringAsync(server.Url($"/{bucket}/x/y%20z"))).ShouldBe("text");
        (await server.Http.GetStringAsync(server.Url($"/{bucket}/x%2Fy%20z"))).ShouldBe("text");
        (await GcsServer.JsonAsync(await server.Http.GetAsync(server.Url($"/b/{bucket}"))))["name"]!.GetValue<string>().ShouldBe(bucket);
        (await GcsServer.JsonAsync(await server.Http.GetAsync(server.Url("/b?project=demo"))))["kind"]!
            .GetValue<string>()
            .ShouldBe("storage#buckets");
        (await server.SendAsync(HttpMethod.Get, $"/{bucket}/x/y%20z", null, ("x-goog-if-generation-match", "1"))).StatusCode.ShouldBe(
            HttpStatusCode.PreconditionFailed
        );

        using var missing = await server.Http.GetAsync(server.Url($"/{bucket}/no"));
        missing.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await missing.Content.ReadAsStringAsync()).ShouldContain("<Code>NoSuchKey</Code>");
        // What begins as another door's address is that door's to refuse.
        (await (await server.Http.GetAsync(server.Url("/v1/nonsense/x"))).Content.ReadAsStringAsync()).ShouldContain(
            "There is nothing at /v1/nonsense/x"
        );
    }

    [Fact]
    public async Task a_name_that_occurs_twice_is_refused_wherever_in_a_body_it_does()
    {
        var bucket = await server.CreateBucketAsync();
        await GcsServer.JsonAsync(await server.UploadAsync(bucket, "a", "text"u8.ToArray()));
        foreach (
            var (method, path, body) in ((HttpMethod, string, string)[])
                [
                    (HttpMethod.Patch, $"/storage/v1/b/{bucket}", """{"website":{"mainPageSuffix":"x","mainPageSuffix":"x"}}"""),
                    (
                        HttpMethod.Patch,
                        $"/storage/v1/b/{bucket}",
                        """{"lifecycle":{"rule":[{"action":{"type":"Delete","type":"Delete"},"condition":{"age":1}}]}}"""
                    ),
                    (HttpMethod.Patch, $"/storage/v1/b/{bucket}/o/a", """{"metadata":{"k":"v","k":"v"}}"""),
                    (HttpMethod.Post, $"/storage/v1/b/{bucket}/o/b/compose", """{"sourceObjects":[{"name":"a","name":"a"}]}"""),
                    (HttpMethod.Post, $"/upload/storage/v1/b/{bucket}/o?uploadType=resumable&name=r", """{"metadata":{"a":"b","a":"b"}}"""),
                    (HttpMethod.Put, $"/storage/v1/b/{bucket}/iam", """{"bindings":[{"role":"roles/x","role":"roles/x","members":[]}]}"""),
                ]
        )
        {
            await GcsServer.ErrorAsync(await server.SendAsync(method, path, new StringContent(body)), 400);
        }
    }

    [Theory]
    [InlineData("nowhere")]
    [InlineData("ftp://x/y")]
    [InlineData("?a=b")]
    public async Task a_call_of_a_batch_that_is_addressed_to_no_path_is_refused(string target)
    {
        var batch = new StringContent($"--b\r\nContent-Type: application/http\r\n\r\nGET {target} HTTP/1.1\r\n\r\n--b--\r\n");
        batch.Headers.ContentType = MediaTypeHeaderValue.Parse("multipart/mixed; boundary=b");

        var (_, message) = await GcsServer.ErrorAsync(await server.SendAsync(HttpMethod.Post, "/batch/storage/v1", batch), 400);

        message.ShouldContain($"addressed to '{target}'");
    }

    [Fact]
    public async Task a_request_compressed_on_its_way_is_what_it_was_before()
    {
        var bucket = await server.CreateBucketAsync();
        var named = await server.SendAsync(HttpMethod.Patch, $"/storage/v1/b/{bucket}", Zip("""{"labels":{"a":"b"}}"""), Gzip);
        (await GcsServer.JsonAsync(named))["labels"]!["a"]!.GetValue<string>().ShouldBe("b");

        using var begun = await server.SendAsync(
            HttpMethod.Post,
            $"/upload/storage/v1/b/{bucket}/o?uploadType=resumable",
            Zip("""{"name":"r","contentType":"x/y"}"""),
            Gzip
        );
        var item = await GcsServer.JsonAsync(await server.Http.PutAsync(begun.Headers.Location, new StringContent("text")));
        item["contentType"]!.GetValue<string>().ShouldBe("x/y");

        // The request's encoding is the wire's; the object's is its metadata's.
        await GcsServer.JsonAsync(
            await server.SendAsync(HttpMethod.Post, $"/upload/storage/v1/b/{bucket}/o?uploadType=media&name=plain", Zip("text"), Gzip)
        );
        (await server.TextAsync(bucket, "plain")).ShouldBe("text");
        var stored = await GcsServer.JsonAsync(await server.UploadAsync(bucket, "zipped", Zipped("text"), "&contentEncoding=gzip"));
        stored["size"]!.GetValue<string>().ShouldBe(Zipped("text").Length.ToString());

        await GcsServer.ErrorAsync(
            await server.SendAsync(
                HttpMethod.Post,
                $"/upload/storage/v1/b/{bucket}/o?uploadType=media&name=no",
                new StringContent("plain"),
                Gzip
            ),
            400
        );
        await GcsServer.ErrorAsync(
            await server.SendAsync(HttpMethod.Patch, $"/storage/v1/b/{bucket}", Zip(new string(' ', 2 << 20) + "{}"), Gzip),
            400
        );
    }

    [Theory]
    [InlineData("/v1/projects/demo/locations/us-central1/studies", """{"displayName":"","studySpec":{}}""")]
    [InlineData("/api/2.0/mlflow/experiments/search", """{"max_results":-7}""")]
    [InlineData("/v2/entries:write", """{"entries":[{"logName":"no"}]}""")]
    [InlineData("/v1/projects/demo/jobs", """{"jobId":"9 no"}""")]
    public async Task every_door_takes_compressed_requests(string path, string body)
    {
        // Each body is refused for what it says, so the same refusal shows that it has been read.
        using var plain = await server.SendAsync(HttpMethod.Post, path, new StringContent(body, Encoding.UTF8, "application/json"));
        var content = Zip(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var zipped = await server.SendAsync(HttpMethod.Post, path, content, Gzip);

        plain.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await zipped.Content.ReadAsStringAsync()).ShouldBe(await plain.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task post_stands_for_another_method_where_its_header_says_so()
    {
        var bucket = await server.CreateBucketAsync();
        await server.PutAsync(bucket, "a", "text");
        var path = $"/storage/v1/b/{bucket}/o/a";
        var patched = await server.SendAsync(HttpMethod.Post, path, new { contentType = "x/y" }, ("X-HTTP-Method-Override", "PATCH"));
        (await GcsServer.JsonAsync(patched))["contentType"]!.GetValue<string>().ShouldBe("x/y");

        // A GET whose query is too long for an address.
        var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["prefix"] = "a", ["fields"] = "items(name)" });
        var listed = await GcsServer.JsonAsync(
            await server.SendAsync(HttpMethod.Post, $"/storage/v1/b/{bucket}/o", form, ("X-HTTP-Method-Override", "GET"))
        );
        listed.ToJsonString().ShouldBe("""{"items":[{"name":"a"}]}""");

        var batch = new StringContent(
            $"--batch\r\nContent-Type: application/http\r\n\r\nPOST {path} HTTP/1.1\r\nX-HTTP-Method-Override: PATCH\r\n\r\n{{\"contentType\":\"z/z\"}}\r\n--batch--"
        );
        batch.Headers.ContentType = MediaTypeHeaderValue.Parse("multipart/mixed; boundary=batch");
        (await (await server.SendAsync(HttpMethod.Post, "/batch/storage/v1", batch)).Content.ReadAsStringAsync()).ShouldContain("z/z");
        await GcsServer.ErrorAsync(await server.SendAsync(HttpMethod.Post, path, null, ("X-HTTP-Method-Override", "TRACE")), 400);
        (await server.SendAsync(HttpMethod.Post, path, null, ("X-HTTP-Method-Override", "DELETE"))).StatusCode.ShouldBe(
            HttpStatusCode.NoContent
        );
    }

    [Fact]
    public async Task entity_tags_are_preconditions_of_metadata_and_of_media()
    {
        var bucket = await server.CreateBucketAsync();
        var etag = (await server.PutAsync(bucket, "a", "text"))["etag"]!.GetValue<string>();
        var path = $"/storage/v1/b/{bucket}/o/a";
        foreach (var address in (string[])[path, path + "?alt=media", $"/{bucket}/a"])
        {
            using var same = await server.SendAsync(HttpMethod.Get, address, null, ("If-None-Match", $"\"other\", W/\"{etag}\""));
            same.StatusCode.ShouldBe(HttpStatusCode.NotModified, address);
            same.Headers.GetValues("ETag").ShouldBe([etag]);
            (await server.SendAsync(HttpMethod.Get, address, null, ("If-Match", etag))).StatusCode.ShouldBe(HttpStatusCode.OK, address);
            (await server.SendAsync(HttpMethod.Get, address, null, ("If-Match", "other"))).StatusCode.ShouldBe(
                HttpStatusCode.PreconditionFailed,
                address
            );
        }

        (
            await GcsServer.ErrorAsync(
                await server.SendAsync(HttpMethod.Patch, path, new { contentType = "x/y" }, ("If-Match", "other")),
                412
            )
        ).Reason.ShouldBe("conditionNotMet");
        await GcsServer.JsonAsync(await server.SendAsync(HttpMethod.Patch, path, new { contentType = "x/y" }, ("If-Match", etag)));
        await GcsServer.ErrorAsync(await server.SendAsync(HttpMethod.Delete, path, null, ("If-Match", etag)), 412);
        await GcsServer.ErrorAsync(
            await server.SendAsync(
                HttpMethod.Post,
                $"/upload{path[..^2]}?uploadType=media&name=a",
                new StringContent("new"),
                ("If-None-Match", "*")
            ),
            412
        );
        (await server.SendAsync(HttpMethod.Get, $"/storage/v1/b/{bucket}", null, ("If-None-Match", "*"))).StatusCode.ShouldBe(
            HttpStatusCode.NotModified
        );
    }

    [Fact]
    public async Task what_is_marked_gzip_is_inflated_only_where_it_is_and_may_be()
    {
        var bucket = await server.CreateBucketAsync();
        await server.UploadAsync(bucket, "zipped", Zipped("text"), "&contentEncoding=gzip");
        await server.UploadAsync(bucket, "not", "plain, and marked"u8.ToArray(), "&contentEncoding=gzip");
        await server.UploadAsync(bucket, "damaged", [.. Zipped("text")[..10], 255, 255, 255], "&contentEncoding=gzip");
        await server.UploadAsync(bucket, "empty", [], "&contentEncoding=gzip");

        (await server.TextAsync(bucket, "zipped")).ShouldBe("text");
        (await server.TextAsync(bucket, "not")).ShouldBe("plain, and marked");
        (await server.Http.GetByteArrayAsync(server.Url($"/{bucket}/damaged"))).Length.ShouldBe(13);
        (await server.TextAsync(bucket, "empty")).ShouldBe("");
        using var refused = await server.SendAsync(HttpMethod.Get, $"/{bucket}/zipped", null, ("Accept-Encoding", "gzip;q=0"));
        (await refused.Content.ReadAsStringAsync()).ShouldBe("text");
        using var accepted = await server.SendAsync(HttpMethod.Get, $"/{bucket}/not", null, ("Accept-Encoding", "gzip"));
        accepted.Content.Headers.ContentEncoding.ShouldBeEmpty();

        await GcsServer.JsonAsync(
            await server.SendAsync(HttpMethod.Patch, $"/storage/v1/b/{bucket}/o/zipped", new { cacheControl = "public, no-transform" })
        );
        (await server.Http.GetByteArrayAsync(server.Url($"/{bucket}/zipped"))).ShouldBe(Zipped("text"));
    }

    [Fact]
    public async Task a_part_comes_with_the_checksums_of_the_whole()
    {
        var bucket = await server.CreateBucketAsync();
        var item = await server.PutAsync(bucket, "a", "0123456789");
        using var part = await server.SendAsync(HttpMethod.Get, $"/{bucket}/a", null, ("Range", "bytes=2-4"));
        part.StatusCode.ShouldBe(HttpStatusCode.PartialContent);
        part.Headers.GetValues("x-goog-hash")
            .ShouldBe([$"crc32c={item["crc32c"]!.GetValue<string>()},md5={item["md5Hash"]!.GetValue<string>()}"]);
    }

    [Fact]
    public async Task an_uploads_conditions_and_size_hold_at_its_end_too()
    {
        var bucket = await server.CreateBucketAsync();
        var path = $"/upload/storage/v1/b/{bucket}/o?uploadType=resumable&name=a";
        using var begun = await server.SendAsync(
            HttpMethod.Post,
            path + "&ifGenerationMatch=0",
            new { },
            ("X-Upload-Content-Type", "x/y"),
            ("X-Upload-Content-Length", "4")
        );
        await server.PutAsync(bucket, "a", "meanwhile");
        (await GcsServer.ErrorAsync(await server.Http.PutAsync(begun.Headers.Location, new StringContent("text")), 412)).Reason.ShouldBe(
            "conditionNotMet"
        );
        (await server.TextAsync(bucket, "a")).ShouldBe("meanwhile");

        using var sized = await server.SendAsync(
            HttpMethod.Post,
            path,
            new { },
            ("X-Upload-Content-Type", "x/y"),
            ("X-Upload-Content-Length", "4")
        );
        await GcsServer.ErrorAsync(await server.Http.PutAsync(sized.Headers.Location, new StringContent("tex")), 400);
        var rest = new StringContent("t");
        rest.Headers.ContentRange = new ContentRangeHeaderValue(3, 3, 4);
        (await GcsServer.JsonAsync(await server.Http.PutAsync(sized.Headers.Location, rest)))["contentType"]!
            .GetValue<string>()
            .ShouldBe("x/y");
        (await server.TextAsync(bucket, "a")).ShouldBe("text");
        await GcsServer.ErrorAsync(await server.SendAsync(HttpMethod.Post, path, new { }, ("X-Upload-Content-Length", "four")), 400);
    }

    [Fact]
    public async Task an_upload_is_led_by_commands_in_headers()
    {
        var bucket = await server.CreateBucketAsync();
        using var begun = await server.SendAsync(
            HttpMethod.Post,
            $"/upload/storage/v1/b/{bucket}/o?name=a",
            new { metadata = new { k = "v" } },
            ("X-Goog-Upload-Protocol", "resumable"),
            ("X-Goog-Upload-Command", "start"),
            ("X-Goog-Upload-Header-Content-Type", "x/y")
        );
        begun.Headers.GetValues("X-Goog-Upload-Status").ShouldBe(["active"]);
        var session = new Uri(begun.Headers.GetValues("X-Goog-Upload-URL").Single()).PathAndQuery;

        await server.SendAsync(
            HttpMethod.Post,
            session,
            new StringContent("te"),
            ("X-Goog-Upload-Command", "upload"),
            ("X-Goog-Upload-Offset", "0")
        );
        using var asked = await server.SendAsync(HttpMethod.Post, session, null, ("X-Goog-Upload-Command", "query"));
        asked.Headers.GetValues("X-Goog-Upload-Size-Received").ShouldBe(["2"]);
        using var ended = await server.SendAsync(
            HttpMethod.Post,
            session,
            new StringContent("xt"),
            ("X-Goog-Upload-Command", "upload, finalize"),
            ("X-Goog-Upload-Offset", "2")
        );
        ended.Headers.GetValues("X-Goog-Upload-Status").ShouldBe(["final"]);
        (await GcsServer.JsonAsync(ended))["contentType"]!.GetValue<string>().ShouldBe("x/y");
        (await server.TextAsync(bucket, "a")).ShouldBe("text");
        await GcsServer.ErrorAsync(await server.SendAsync(HttpMethod.Post, session, null, ("X-Goog-Upload-Command", "dance")), 400);
    }

    [Fact]
    public async Task composing_can_take_its_sources_away()
    {
        var bucket = await server.CreateBucketAsync();
        foreach (var name in (string[])["a", "b", "whole"])
        {
            await server.PutAsync(bucket, name, name);
        }

        object[] sources = [new { name = "a" }, new { name = "b" }, new { name = "a" }, new { name = "whole" }];
        await GcsServer.JsonAsync(
            await server.SendAsync(
                HttpMethod.Post,
                $"/storage/v1/b/{bucket}/o/whole/compose",
                new { sourceObjects = sources, deleteSourceObjects = true }
            )
        );
        (await server.TextAsync(bucket, "whole")).ShouldBe("abawhole");
        (await GcsServer.JsonAsync(await server.SendAsync(HttpMethod.Get, $"/storage/v1/b/{bucket}/o?fields=items(name)")))
            .ToJsonString()
            .ShouldBe("""{"items":[{"name":"whole"}]}""");
    }

    [Fact]
    public async Task a_custom_time_goes_forward_only()
    {
        var bucket = await server.CreateBucketAsync();
        await server.PutAsync(bucket, "a", "text");
        var path = $"/storage/v1/b/{bucket}/o/a";
        await GcsServer.JsonAsync(await server.SendAsync(HttpMethod.Patch, path, new { customTime = "2026-02-01T00:00:00Z" }));
        await GcsServer.ErrorAsync(await server.SendAsync(HttpMethod.Patch, path, new { customTime = "2026-01-31T00:00:00Z" }), 400);
        await GcsServer.ErrorAsync(await server.SendAsync(HttpMethod.Patch, path, new { customTime = (string?)null }), 400);
        (await GcsServer.JsonAsync(await server.SendAsync(HttpMethod.Put, path, new { contentType = "x/y" })))["customTime"]!
            .GetValue<string>()
            .ShouldStartWith("2026-02-01");
        await GcsServer.JsonAsync(await server.SendAsync(HttpMethod.Patch, path, new { customTime = "2026-02-02T00:00:00Z" }));
    }

    [Theory]
    [InlineData("""{"name":"\ud800"}""")]
    [InlineData("""{"name":"a\u0000b"}""")]
    [InlineData("""{"metadata":{"\udfff":"x"}}""")]
    public async Task a_text_that_is_none_is_refused(string body)
    {
        var bucket = await server.CreateBucketAsync();
        await GcsServer.ErrorAsync(
            await server.SendAsync(HttpMethod.Post, $"/upload/storage/v1/b/{bucket}/o?uploadType=resumable", new StringContent(body)),
            400
        );
        await GcsServer.ErrorAsync(await server.SendAsync(HttpMethod.Get, $"/storage/v1/b/{bucket}/o?prefix=%00"), 400);
    }

    private static ByteArrayContent Zip(string text) => new(Zipped(text));

    private static byte[] Zipped(string text)
    {
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(Encoding.UTF8.GetBytes(text));
        }

        return bytes.ToArray();
    }
}
