using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Cairn.Data.Tests.Gcs;

public sealed class ObjectRoutesTests(GcsServer server) : IClassFixture<GcsServer>
{
    [Fact]
    public async Task an_upload_answers_with_the_resource_and_the_download_with_its_headers()
    {
        var bucket = await server.CreateBucketAsync();
        var item = await server.PutAsync(bucket, "dir/ünï code?.txt", "hello world");

        item["kind"]!.GetValue<string>().ShouldBe("storage#object");
        item["size"]!.GetValue<string>().ShouldBe("11");
        item["md5Hash"]!.GetValue<string>().ShouldBe("XrY7u+Ae7tCTyyK7j1rNww==");
        item["crc32c"]!.GetValue<string>().ShouldBe("yZRlqg==");
        using var download = await server.Http.GetAsync(item["mediaLink"]!.GetValue<string>());
        (await download.Content.ReadAsStringAsync()).ShouldBe("hello world");
        string.Join(',', download.Headers.GetValues("x-goog-hash")).ShouldBe("crc32c=yZRlqg==,md5=XrY7u+Ae7tCTyyK7j1rNww==");
        download.Headers.GetValues("x-goog-generation").ShouldBe([item["generation"]!.GetValue<string>()]);
        (await GcsServer.JsonAsync(await server.Http.GetAsync(item["selfLink"]!.GetValue<string>())))["id"]!
            .GetValue<string>()
            .ShouldBe(item["id"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("a", "a/b")]
    [InlineData("x/../y", ".../.")]
    [InlineData("%2e%2e%2f", "..%2F")]
    [InlineData("a;b#c?d", "a&b=c+d e")]
    [InlineData("trailing/", "//")]
    [InlineData("colon:verb", "o/b/acl")]
    public async Task every_name_goes_there_and_back_over_http(string first, string second)
    {
        var bucket = await server.CreateBucketAsync();
        await server.PutAsync(bucket, first, "1");
        await server.PutAsync(bucket, second, "2");

        (await server.TextAsync(bucket, first)).ShouldBe("1");
        (await server.TextAsync(bucket, second)).ShouldBe("2");
        var list = await GcsServer.JsonAsync(await server.SendAsync(HttpMethod.Get, $"/storage/v1/b/{bucket}/o?fields=items(name)"));
        list["items"]!.AsArray().Select(item => item!["name"]!.GetValue<string>()).ShouldBe([first, second], ignoreOrder: true);
    }

    [Theory]
    [InlineData("bytes=0-3", 206, "0123", "bytes 0-3/10")]
    [InlineData("bytes=-3", 206, "789", "bytes 7-9/10")]
    [InlineData("bytes=8-", 206, "89", "bytes 8-9/10")]
    [InlineData("bytes=10-", 416, null, "bytes */10")]
    [InlineData("lines=1", 200, "0123456789", null)]
    public async Task ranges_are_answered(string header, int status, string? text, string? contentRange)
    {
        var bucket = await server.CreateBucketAsync();
        await server.PutAsync(bucket, "digits", "0123456789");

        using var response = await server.SendAsync(
            HttpMethod.Get,
            $"/download/storage/v1/b/{bucket}/o/digits?alt=media",
            null,
            ("Range", header)
        );

        ((int)response.StatusCode).ShouldBe(status);
        response.Content.Headers.ContentRange?.ToString().ShouldBe(contentRange);
        if (text is not null)
        {
            (await response.Content.ReadAsStringAsync()).ShouldBe(text);
        }
    }

    [Fact]
    public async Task preconditions_give_412_and_304()
    {
        var bucket = await server.CreateBucketAsync();
        var generation = (await server.PutAsync(bucket, "a", "1"))["generation"]!.GetValue<string>();
        var path = $"/storage/v1/b/{bucket}/o/a";

        (await GcsServer.ErrorAsync(await server.UploadAsync(bucket, "a", [1], "&ifGenerationMatch=0"), 412)).Reason.ShouldBe(
            "conditionNotMet"
        );
        (await GcsServer.ErrorAsync(await server.SendAsync(HttpMethod.Delete, $"{path}?ifMetagenerationMatch=7"), 412)).Reason.ShouldBe(
            "conditionNotMet"
        );
        (await server.SendAsync(HttpMethod.Get, $"{path}?ifGenerationNotMatch={generation}")).StatusCode.ShouldBe(
            HttpStatusCode.NotModified
        );
        (await GcsServer.ErrorAsync(await server.SendAsync(HttpMethod.Get, $"{path}?ifGenerationMatch=x"), 400)).Message.ShouldContain(
            "ifGenerationMatch"
        );
        await GcsServer.JsonAsync(await server.UploadAsync(bucket, "a", [1], $"&ifGenerationMatch={generation}"));
    }

    [Fact]
    public async Task metadata_is_patched_field_by_field()
    {
        var bucket = await server.CreateBucketAsync();
        await server.PutAsync(bucket, "a", "1");
        var path = $"/storage/v1/b/{bucket}/o/a";

        await server.SendAsync(
            HttpMethod.Patch,
            path,
            new
            {
                contentType = "text/csv",
                cacheControl = "no-store",
                metadata = new { a = "1", b = "2" },
            }
        );
        var item = await GcsServer.JsonAsync(
            await server.SendAsync(HttpMethod.Patch, path, JsonNode.Parse("""{"cacheControl":null,"metadata":{"a":null,"c":"3"}}"""))
        );

        item["contentType"]!.GetValue<string>().ShouldBe("text/csv");
        item["cacheControl"].ShouldBeNull();
        // The members of an object have no order.
        JsonNode.DeepEquals(item["metadata"], JsonNode.Parse("""{"b":"2","c":"3"}""")).ShouldBeTrue(item["metadata"]!.ToJsonString());
        item["metageneration"]!.GetValue<string>().ShouldBe("3");
        (await GcsServer.ErrorAsync(await server.SendAsync(HttpMethod.Patch, path, new { contentType = 5 }), 400)).Message.ShouldContain(
            "contentType"
        );
        (
            await GcsServer.ErrorAsync(
                await server.SendAsync(HttpMethod.Patch, path, new { contentDisposition = "a\r\nSet-Cookie: x" }),
                400
            )
        ).Message.ShouldContain("control character");
    }

    [Fact]
    public async Task an_object_stored_as_gzip_is_unzipped_for_those_who_cannot()
    {
        var bucket = await server.CreateBucketAsync();
        using var zipped = new MemoryStream();
        await using (var gzip = new GZipStream(zipped, CompressionMode.Compress, leaveOpen: true))
        {
            gzip.Write("plain text"u8);
        }

        await GcsServer.JsonAsync(await server.UploadAsync(bucket, "a", zipped.ToArray(), "&contentEncoding=gzip"));

        (await server.TextAsync(bucket, "a")).ShouldBe("plain text");
        using var raw = await server.SendAsync(HttpMethod.Get, $"/storage/v1/b/{bucket}/o/a?alt=media", null, ("Accept-Encoding", "gzip"));
        raw.Content.Headers.ContentEncoding.ShouldBe(["gzip"]);
        (await raw.Content.ReadAsByteArrayAsync()).ShouldBe(zipped.ToArray());
    }

    [Theory]
    [InlineData("x-goog-hash", "crc32c=AAAAAA==")]
    [InlineData("x-goog-hash", "md5=1B2M2Y8AsgTpgAmY7PhCfg==")]
    [InlineData("x-goog-hash", "sha1=AAAA")]
    [InlineData("Content-MD5", "1B2M2Y8AsgTpgAmY7PhCfg==")]
    public async Task a_checksum_that_differs_publishes_nothing(string header, string value)
    {
        var bucket = await server.CreateBucketAsync();
        var response = await server.SendAsync(
            HttpMethod.Post,
            $"/upload/storage/v1/b/{bucket}/o?uploadType=media&name=a",
            new ByteArrayContent([1, 2]),
            (header, value)
        );

        (await GcsServer.ErrorAsync(response, 400)).Reason.ShouldBe("invalid");
        (await server.SendAsync(HttpMethod.Get, $"/storage/v1/b/{bucket}/o/a")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task a_multipart_upload_that_is_cut_off_publishes_nothing()
    {
        var bucket = await server.CreateBucketAsync();
        var content = new StringContent(
            "--b\r\nContent-Type: application/json\r\n\r\n{\"name\":\"a\"}\r\n--b\r\nContent-Type: text/plain\r\n\r\nhalf of it"
        );
        content.Headers.ContentType = MediaTypeHeaderValue.Parse("multipart/related; boundary=b");

        (
            await GcsServer.ErrorAsync(
                await server.SendAsync(HttpMethod.Post, $"/upload/storage/v1/b/{bucket}/o?uploadType=multipart", content),
                400
            )
        ).Message.ShouldContain("closing boundary");
        (await server.SendAsync(HttpMethod.Get, $"/storage/v1/b/{bucket}/o/a")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task copies_rewrites_and_moves_take_preconditions_of_both_sides()
    {
        var bucket = await server.CreateBucketAsync();
        await server.PutAsync(bucket, "a/1", "text", "&contentEncoding=identity");
        var from = $"/storage/v1/b/{bucket}/o/a%2F1";

        var rewritten = await GcsServer.JsonAsync(await server.SendAsync(HttpMethod.Post, $"{from}/rewriteTo/b/{bucket}/o/b%2F2"));
        rewritten["done"]!.GetValue<bool>().ShouldBeTrue();
        rewritten["resource"]!["contentEncoding"]!.GetValue<string>().ShouldBe("identity");
        await GcsServer.JsonAsync(await server.SendAsync(HttpMethod.Post, $"{from}/copyTo/b/{bucket}/o/c", new { contentType = "a/b" }));
        await GcsServer.ErrorAsync(await server.SendAsync(HttpMethod.Post, $"{from}/copyTo/b/{bucket}/o/c?ifGenerationMatch=0"), 412);
        await GcsServer.ErrorAsync(
            await server.SendAsync(HttpMethod.Post, $"{from}/rewriteTo/b/{bucket}/o/c?ifSourceGenerationMatch=1"),
            412
        );
        await GcsServer.ErrorAsync(await server.SendAsync(HttpMethod.Post, $"{from}/rewriteTo/b/{bucket}/o/c?rewriteToken=x"), 400);
        await GcsServer.JsonAsync(await server.SendAsync(HttpMethod.Post, $"{from}/moveTo/o/d"));

        await GcsServer.ErrorAsync(await server.SendAsync(HttpMethod.Get, from), 404);
        (await server.TextAsync(bucket, "d")).ShouldBe("text");
    }

    [Fact]
    public async Task a_batch_answers_each_call_by_its_id()
    {
        var bucket = await server.CreateBucketAsync();
        await server.PutAsync(bucket, "a", "1");
        await server.PutAsync(bucket, "b", "2");
        string Part(int id, string request) => $"--batch\r\nContent-Type: application/http\r\nContent-ID: <x + {id}>\r\n\r\n{request}\r\n";
        var body =
            Part(1, $"DELETE /storage/v1/b/{bucket}/o/a HTTP/1.1\r\n\r\n")
            + Part(2, $"PATCH /storage/v1/b/{bucket}/o/b HTTP/1.1\r\nContent-Type: application/json\r\n\r\n{{\"contentType\":\"x/y\"}}")
            + Part(3, $"GET {server.Process.Http}/storage/v1/b/{bucket}/o/missing HTTP/1.1\r\n\r\n")
            + "--batch--";
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.ContentType = MediaTypeHeaderValue.Parse("multipart/mixed; boundary=batch");

        using var response = await server.SendAsync(HttpMethod.Post, "/batch/storage/v1", content);

        var text = await response.Content.ReadAsStringAsync();
        response.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        var parts = text.Split("Content-ID: ");
        parts[1].ShouldStartWith("<response-x + 1>");
        parts[1].ShouldContain("HTTP/1.1 204");
        parts[2].ShouldContain("\"contentType\":\"x/y\"");
        parts[3].ShouldContain("HTTP/1.1 404");
        (await server.SendAsync(HttpMethod.Get, $"/storage/v1/b/{bucket}/o/a")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task a_customers_encryption_key_is_refused_and_not_ignored()
    {
        var bucket = await server.CreateBucketAsync();
        var response = await server.SendAsync(
            HttpMethod.Post,
            $"/upload/storage/v1/b/{bucket}/o?uploadType=media&name=secret",
            new ByteArrayContent([1]),
            ("x-goog-encryption-key", "AAAA")
        );

        (await GcsServer.ErrorAsync(response, 501)).Message.ShouldContain("encryption");
    }
}
