using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;

namespace Cairn.Cli.Api;

/// <summary>What the server says of an object.</summary>
/// <param name="Md5">Base64; null for composed objects.</param>
internal sealed record ObjectInfo(string Bucket, string Name, long Size, string? Md5, DateTimeOffset Updated)
{
    public static ObjectInfo From(JsonNode json) =>
        new(
            (string?)json["bucket"] ?? "",
            (string?)json["name"] ?? "",
            long.Parse((string?)json["size"] ?? "0"),
            (string?)json["md5Hash"],
            (DateTimeOffset?)json["updated"] ?? default
        );
}

/// <summary>One page's worth of a listing: an object, or a prefix that stands for those below it.</summary>
internal sealed record Listed(ObjectInfo? Object, string? Prefix);

/// <summary>Buckets and objects through Cloud Storage's JSON API.</summary>
internal sealed class StorageClient(ApiHttp http)
{
    public ApiHttp Http { get; } = http;

    public static string ObjectPath(string bucket, string name) =>
        $"/storage/v1/b/{Uri.EscapeDataString(bucket)}/o/{Uri.EscapeDataString(name)}";

    public async Task CreateBucketAsync(string project, string bucket, CancellationToken cancellation)
    {
        using var content = JsonContent.Of(new JsonObject { ["name"] = bucket });
        using var _ = await Http.SendAsync(
            HttpMethod.Post,
            $"/storage/v1/b?project={Uri.EscapeDataString(project)}",
            content,
            cancellation
        );
    }

    public async Task<bool> BucketExistsAsync(string bucket, CancellationToken cancellation)
    {
        using var response = await Http.SendAsync(
            HttpMethod.Get,
            $"/storage/v1/b/{Uri.EscapeDataString(bucket)}",
            null,
            cancellation,
            null,
            404
        );
        return response.StatusCode != HttpStatusCode.NotFound;
    }

    public async Task DeleteBucketAsync(string bucket, CancellationToken cancellation)
    {
        using var _ = await Http.SendAsync(HttpMethod.Delete, $"/storage/v1/b/{Uri.EscapeDataString(bucket)}", null, cancellation);
    }

    public async IAsyncEnumerable<string> ListBucketsAsync(string project, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var page in PagesAsync($"/storage/v1/b?project={Uri.EscapeDataString(project)}", cancellation))
        {
            foreach (var item in page["items"]?.AsArray() ?? [])
            {
                yield return (string)item!["name"]!;
            }
        }
    }

    /// <summary>Objects whose names begin with a prefix; with a delimiter, names that go on after one are rolled up.</summary>
    public async IAsyncEnumerable<Listed> ListAsync(
        string bucket,
        string prefix,
        string? delimiter,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        var path =
            $"/storage/v1/b/{Uri.EscapeDataString(bucket)}/o?prefix={Uri.EscapeDataString(prefix)}{(delimiter is null ? "" : $"&delimiter={Uri.EscapeDataString(delimiter)}")}";
        await foreach (var page in PagesAsync(path, cancellation))
        {
            foreach (var rolled in page["prefixes"]?.AsArray() ?? [])
            {
                yield return new Listed(null, (string)rolled!);
            }

            foreach (var item in page["items"]?.AsArray() ?? [])
            {
                yield return new Listed(ObjectInfo.From(item!), null);
            }
        }
    }

    public async Task<ObjectInfo?> FindAsync(string bucket, string name, CancellationToken cancellation)
    {
        using var response = await Http.SendAsync(HttpMethod.Get, ObjectPath(bucket, name), null, cancellation, null, 404);
        return response.StatusCode == HttpStatusCode.NotFound ? null : ObjectInfo.From(await JsonContent.ReadAsync(response, cancellation));
    }

    public async Task<Stream> OpenAsync(string bucket, string name, CancellationToken cancellation)
    {
        // The response lives as long as its stream, which the caller disposes.
        var response = await Http.SendAsync(HttpMethod.Get, ObjectPath(bucket, name) + "?alt=media", null, cancellation);
        return await response.Content.ReadAsStreamAsync(cancellation);
    }

    public async Task DeleteAsync(string bucket, string name, CancellationToken cancellation)
    {
        using var _ = await Http.SendAsync(HttpMethod.Delete, ObjectPath(bucket, name), null, cancellation);
    }

    /// <summary>Copies within the server, in as many calls as it takes.</summary>
    public async Task CopyAsync(string bucket, string name, string toBucket, string toName, CancellationToken cancellation)
    {
        var path = $"{ObjectPath(bucket, name)}/rewriteTo/b/{Uri.EscapeDataString(toBucket)}/o/{Uri.EscapeDataString(toName)}";
        string? token = null;
        do
        {
            using var response = await Http.SendAsync(
                HttpMethod.Post,
                token is null ? path : $"{path}?rewriteToken={Uri.EscapeDataString(token)}",
                null,
                cancellation
            );
            token = (string?)(await JsonContent.ReadAsync(response, cancellation))["rewriteToken"];
        } while (token is not null);
    }

    private async IAsyncEnumerable<JsonNode> PagesAsync(string path, [EnumeratorCancellation] CancellationToken cancellation)
    {
        string? token = null;
        do
        {
            using var response = await Http.SendAsync(
                HttpMethod.Get,
                token is null ? path : $"{path}&pageToken={Uri.EscapeDataString(token)}",
                null,
                cancellation
            );
            var page = await JsonContent.ReadAsync(response, cancellation);
            yield return page;
            token = (string?)page["nextPageToken"];
        } while (token is not null);
    }
}
