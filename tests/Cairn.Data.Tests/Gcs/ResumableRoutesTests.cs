using System.Net;

namespace Cairn.Data.Tests.Gcs;

public sealed class ResumableRoutesTests(GcsServer server) : IClassFixture<GcsServer>
{
    [Fact]
    public async Task an_upload_is_begun_continued_asked_about_and_finished()
    {
        var bucket = await server.CreateBucketAsync();
        var session = await BeginAsync(bucket, "a", new { contentType = "text/plain", metadata = new { k = "v" } });

        using var none = await PutAsync(session, [], "bytes */10");
        ((int)none.StatusCode).ShouldBe(308);
        none.Headers.Contains("Range").ShouldBeFalse();
        using var first = await PutAsync(session, "01234"u8.ToArray(), "bytes 0-4/10");
        ((int)first.StatusCode).ShouldBe(308);
        first.Headers.GetValues("Range").ShouldBe(["bytes=0-4"]);
        var item = await GcsServer.JsonAsync(await PutAsync(session, "56789"u8.ToArray(), "bytes 5-9/10"));

        item["contentType"]!.GetValue<string>().ShouldBe("text/plain");
        item["metadata"]!["k"]!.GetValue<string>().ShouldBe("v");
        (await server.TextAsync(bucket, "a")).ShouldBe("0123456789");
        (await GcsServer.JsonAsync(await PutAsync(session, [], "bytes */10")))["generation"]!
            .GetValue<string>()
            .ShouldBe(item["generation"]!.GetValue<string>());
    }

    [Fact]
    public async Task a_cancelled_upload_answers_499()
    {
        var bucket = await server.CreateBucketAsync();
        var session = await BeginAsync(bucket, "a", new { });
        await PutAsync(session, "01234"u8.ToArray(), "bytes 0-4/10");

        ((int)(await server.Http.DeleteAsync(session)).StatusCode).ShouldBe(499);
        ((int)(await PutAsync(session, [], "bytes */10")).StatusCode).ShouldBe(499);
    }

    [Fact]
    public async Task an_unknown_upload_is_404_and_a_precondition_is_looked_at_before_the_first_byte()
    {
        var bucket = await server.CreateBucketAsync();
        await server.PutAsync(bucket, "a", "1");

        await GcsServer.ErrorAsync(
            await PutAsync(server.Url($"/upload/storage/v1/b/{bucket}/o?uploadType=resumable&upload_id=nope"), [], "bytes */*"),
            404
        );
        await GcsServer.ErrorAsync(
            await server.SendAsync(HttpMethod.Post, $"/upload/storage/v1/b/{bucket}/o?uploadType=resumable&name=a&ifGenerationMatch=0"),
            412
        );
        await GcsServer.ErrorAsync(
            await server.SendAsync(HttpMethod.Post, "/upload/storage/v1/b/no-such-bucket/o?uploadType=resumable&name=a"),
            404
        );
    }

    [Fact]
    public async Task an_upload_goes_on_after_the_server_was_killed()
    {
        var bucket = await server.CreateBucketAsync();
        var bytes = new byte[3_000_000];
        new Random(1).NextBytes(bytes);
        var session = await BeginAsync(bucket, "a", new { });
        ((int)(await PutAsync(session, bytes[..1_000_000], "bytes 0-999999/3000000")).StatusCode).ShouldBe(308);

        server.Process.Kill();
        await server.Process.RestartAsync();

        using var status = await PutAsync(session, [], "bytes */3000000");
        status.Headers.GetValues("Range").ShouldBe(["bytes=0-999999"]);
        await GcsServer.JsonAsync(await PutAsync(session, bytes[1_000_000..], "bytes 1000000-2999999/3000000"));
        (await server.Http.GetByteArrayAsync(server.Url($"/storage/v1/b/{bucket}/o/a?alt=media"))).ShouldBe(bytes);
    }

    private async Task<string> BeginAsync(string bucket, string name, object metadata)
    {
        using var response = await server.SendAsync(
            HttpMethod.Post,
            $"/upload/storage/v1/b/{bucket}/o?uploadType=resumable&name={name}",
            metadata
        );
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        return response.Headers.Location!.ToString();
    }

    private async Task<HttpResponseMessage> PutAsync(string session, byte[] bytes, string range)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, session) { Content = new ByteArrayContent(bytes) };
        request.Content.Headers.TryAddWithoutValidation("Content-Range", range);
        return await server.Http.SendAsync(request);
    }
}
