using System.Net;
using System.Text.Json;
using Cairn.Data;
using Google.Rpc;

namespace Cairn.Jobs.Agent;

/// <summary>The object store as the agent reaches it: through the Cloud Storage JSON API.</summary>
internal sealed class ObjectClient(ServerClient server)
{
    /// <exception cref="TaskFailure">There is no such object, or the task may not read it.</exception>
    public async Task DownloadAsync(GsUri uri, string path, CancellationToken cancellation)
    {
        using var response = await server.SendAsync(
            () =>
                new HttpRequestMessage(
                    HttpMethod.Get,
                    $"/storage/v1/b/{Uri.EscapeDataString(uri.Bucket)}/o/{Uri.EscapeDataString(uri.Object)}?alt=media"
                ),
            cancellation
        );
        await CheckAsync(response, $"read {uri}", cancellation);
        await using var file = new FileStream(path, FileMode.Create, FileAccess.Write);
        await response.Content.CopyToAsync(file, cancellation);
    }

    /// <summary>Publishes a file's present content as an object.</summary>
    /// <param name="uri">The object.</param>
    /// <param name="content">Opens the file: once for each try. What it throws is thrown.</param>
    /// <exception cref="TaskFailure">The server refused it.</exception>
    public async Task UploadAsync(GsUri uri, Func<Stream> content, CancellationToken cancellation)
    {
        using var response = await server.SendAsync(
            () =>
                new HttpRequestMessage(
                    HttpMethod.Post,
                    $"/upload/storage/v1/b/{Uri.EscapeDataString(uri.Bucket)}/o?uploadType=media&name={Uri.EscapeDataString(uri.Object)}"
                )
                {
                    Content = new StreamContent(content()) { Headers = { ContentType = new("application/octet-stream") } },
                },
            cancellation
        );
        await CheckAsync(response, $"write {uri}", cancellation);
    }

    /// <summary>Deletes an object; succeeds where there is none.</summary>
    public async Task DeleteAsync(GsUri uri, CancellationToken cancellation)
    {
        using var response = await server.SendAsync(
            () =>
                new HttpRequestMessage(
                    HttpMethod.Delete,
                    $"/storage/v1/b/{Uri.EscapeDataString(uri.Bucket)}/o/{Uri.EscapeDataString(uri.Object)}"
                ),
            cancellation
        );
        if (response.StatusCode != HttpStatusCode.NotFound)
        {
            await CheckAsync(response, $"delete {uri}", cancellation);
        }
    }

    /// <summary>Names of the objects below a prefix.</summary>
    public async Task<List<string>> ListAsync(GsUri prefix, CancellationToken cancellation)
    {
        var names = new List<string>();
        var page = "";
        do
        {
            var query =
                $"?prefix={Uri.EscapeDataString(prefix.Object)}&pageToken={Uri.EscapeDataString(page)}&fields={Uri.EscapeDataString("items(name),nextPageToken")}";
            using var response = await server.SendAsync(
                () => new HttpRequestMessage(HttpMethod.Get, $"/storage/v1/b/{Uri.EscapeDataString(prefix.Bucket)}/o{query}"),
                cancellation
            );
            await CheckAsync(response, $"list {prefix}", cancellation);
            using var document = await ReadAsync(response, cancellation);
            var json = document.RootElement;
            if (json.TryGetProperty("items", out var items))
            {
                names.AddRange(items.EnumerateArray().Select(item => item.GetProperty("name").GetString()!));
            }

            page = json.TryGetProperty("nextPageToken", out var next) ? next.GetString()! : "";
        } while (page.Length > 0);
        return names;
    }

    private static async Task<JsonDocument> ReadAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        await using var body = await response.Content.ReadAsStreamAsync(cancellation);
        return await JsonDocument.ParseAsync(body, cancellationToken: cancellation);
    }

    private static async Task CheckAsync(HttpResponseMessage response, string what, CancellationToken cancellation)
    {
        if (response.IsSuccessStatusCode)
        {
            return;
        }

        var code = response.StatusCode switch
        {
            HttpStatusCode.NotFound => Code.NotFound,
            HttpStatusCode.Forbidden => Code.PermissionDenied,
            HttpStatusCode.Unauthorized => Code.Unauthenticated,
            _ => Code.InvalidArgument,
        };
        throw new TaskFailure(code, $"Cannot {what}: {await MessageAsync(response, cancellation)}");
    }

    private static async Task<string> MessageAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        try
        {
            using var json = await ReadAsync(response, cancellation);
            return json.RootElement.GetProperty("error").GetProperty("message").GetString()!;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return response.StatusCode == HttpStatusCode.NotFound
                ? "there is no such object."
                : $"the server answered {(int)response.StatusCode}.";
        }
    }
}
