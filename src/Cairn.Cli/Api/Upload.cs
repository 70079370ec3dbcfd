using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Cairn.Cli.Shell;

namespace Cairn.Cli.Api;

/// <summary>
/// Uploads a file: small ones in one request, others resumably, so that a broken connection costs only what was under way. What arrived is
/// compared by MD5.
/// </summary>
internal sealed class Upload(ApiHttp http)
{
    private const long SmallFile = 1 << 20;
    private const int Tries = 5;

    /// <param name="progress">Is told the bytes sent so far.</param>
    public async Task<ObjectInfo> SendAsync(
        Func<Stream> open,
        string bucket,
        string name,
        string contentType,
        Action<long> progress,
        CancellationToken cancellation
    )
    {
        string md5;
        long size;
        await using (var content = open())
        {
            size = content.Length;
            md5 = Convert.ToBase64String(await MD5.HashDataAsync(content, cancellation));
        }

        var json =
            size <= SmallFile
                ? await SendSmallAsync(open, bucket, name, contentType, cancellation)
                : await SendResumablyAsync(open, size, bucket, name, contentType, progress, cancellation);
        progress(size);
        var stored = ObjectInfo.From(json);
        return stored.Md5 == md5 && stored.Size == size
            ? stored
            : throw new CliException(
                $"gs://{bucket}/{name} arrived as {stored.Size} bytes with MD5 {stored.Md5}, but {size} bytes with {md5} were sent; copy it again."
            );
    }

    private async Task<JsonNode> SendSmallAsync(
        Func<Stream> open,
        string bucket,
        string name,
        string contentType,
        CancellationToken cancellation
    )
    {
        using var content = new StreamContent(open()) { Headers = { ContentType = new MediaTypeHeaderValue(contentType) } };
        using var response = await http.SendAsync(
            HttpMethod.Post,
            $"/upload/storage/v1/b/{Uri.EscapeDataString(bucket)}/o?uploadType=media&name={Uri.EscapeDataString(name)}",
            content,
            cancellation
        );
        return await JsonContent.ReadAsync(response, cancellation);
    }

    private async Task<JsonNode> SendResumablyAsync(
        Func<Stream> open,
        long size,
        string bucket,
        string name,
        string contentType,
        Action<long> progress,
        CancellationToken cancellation
    )
    {
        var session = await StartAsync(size, bucket, name, contentType, cancellation);
        var offset = 0L;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var stream = open();
                stream.Position = offset;
                using var content = new ProgressContent(stream, sent => progress(offset + sent));
                content.Headers.ContentLength = size - offset;
                content.Headers.ContentRange = new ContentRangeHeaderValue(offset, size - 1, size);
                using var response = await http.SendAsync(HttpMethod.Put, session, content, cancellation, null, 308);
                if ((int)response.StatusCode != 308)
                {
                    return await JsonContent.ReadAsync(response, cancellation);
                }

                offset = Received(response);
            }
            catch (Exception e) when (e is CliException or IOException && attempt < Tries && !cancellation.IsCancellationRequested)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(200 * attempt), cancellation);
                (offset, var finished) = await AskAsync(session, size, cancellation);
                if (finished is not null)
                {
                    return finished;
                }
            }
        }
    }

    private async Task<string> StartAsync(long size, string bucket, string name, string contentType, CancellationToken cancellation)
    {
        using var metadata = JsonContent.Of(new JsonObject { ["name"] = name, ["contentType"] = contentType });
        using var response = await http.SendAsync(
            HttpMethod.Post,
            $"/upload/storage/v1/b/{Uri.EscapeDataString(bucket)}/o?uploadType=resumable&name={Uri.EscapeDataString(name)}",
            metadata,
            cancellation,
            request =>
            {
                request.Headers.Add("X-Upload-Content-Type", contentType);
                request.Headers.Add("X-Upload-Content-Length", size.ToString());
            }
        );
        return response.Headers.Location?.OriginalString
            ?? throw new CliException($"The server began no upload of gs://{bucket}/{name}: its answer names no session.");
    }

    /// <summary>How far the server got; the object itself where it had everything.</summary>
    private async Task<(long Offset, JsonNode? Finished)> AskAsync(string session, long size, CancellationToken cancellation)
    {
        using var nothing = new ByteArrayContent([]);
        nothing.Headers.ContentRange = new ContentRangeHeaderValue(size);
        using var response = await http.SendAsync(HttpMethod.Put, session, nothing, cancellation, null, 308);
        return (int)response.StatusCode == 308 ? (Received(response), null) : (size, await JsonContent.ReadAsync(response, cancellation));
    }

    private static long Received(HttpResponseMessage response) =>
        response.Headers.TryGetValues("Range", out var values)
        && values.First().Split('-') is [_, var last]
        && long.TryParse(last, out var end)
            ? end + 1
            : 0;
}
