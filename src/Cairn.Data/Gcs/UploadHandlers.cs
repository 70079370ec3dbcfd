using System.Text.Json.Nodes;
using Cairn.Data.Checksums;
using Cairn.Data.Gcs.Multipart;
using Cairn.Data.Gcs.Resources;
using Cairn.Data.Objects;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Http;
using Microsoft.AspNetCore.Http;

namespace Cairn.Data.Gcs;

/// <summary>
/// Uploads in one request: <c>uploadType=media</c> (the body is the content) and <c>multipart</c> (metadata, then content); resumable ones
/// are handed on.
/// </summary>
public sealed class UploadHandlers(ObjectStore store, ResumableHandlers resumable, CommandHandlers commands, GcsAccess access)
    : IGcsHandlers
{
    public void Map(GcsRoutes routes)
    {
        // Google's Python tools begin resumable uploads below /resumable.
        foreach (var prefix in (string[])["/upload", "/resumable/upload"])
        {
            var path = prefix + "/storage/v1/b/{bucket}/o";
            routes.AddStreamed("POST", path, "storage.objects.create", PostAsync);
            routes.AddStreamed("PUT", path, "storage.objects.create", ContinueAsync);
            routes.AddStreamed("DELETE", path, "storage.objects.create", resumable.CancelAsync);
        }
    }

    private async Task PostAsync(HttpContext context, RouteValues values)
    {
        var bucket = values["bucket"];
        await access.RequireAsync(context, bucket);
        if (CommandHandlers.IsOne(context))
        {
            await commands.HandleAsync(context, bucket);
            return;
        }

        switch (context.Text("uploadType"))
        {
            case "media":
                await MediaAsync(context, bucket);
                break;
            case "multipart":
                await MultipartAsync(context, bucket);
                break;
            case "resumable" when context.Text("upload_id").Length > 0:
                // Some clients send the content of an upload by POST.
                await resumable.PutAsync(context, values);
                break;
            case "resumable":
                await resumable.BeginAsync(context, bucket);
                break;
            case var other:
                throw StatusException.InvalidArgument(
                    $"Invalid Value: `uploadType` is '{other}'; it must be media, multipart or resumable."
                );
        }
    }

    private Task ContinueAsync(HttpContext context, RouteValues values) =>
        CommandHandlers.IsOne(context) ? commands.HandleAsync(context, values["bucket"]) : resumable.PutAsync(context, values);

    private async Task MediaAsync(HttpContext context, string bucket)
    {
        var name = context.Text("name") is { Length: > 0 } given
            ? given
            : throw StatusException.InvalidArgument("Required parameter: name, the object to store.");
        var metadata = WithQuery(context, new ObjectMetadata { ContentType = context.Request.ContentType });
        await PutAsync(context, bucket, name, context.Request.Body, metadata, ExpectedHashes.None);
    }

    private async Task MultipartAsync(HttpContext context, string bucket)
    {
        var reader = new MultipartReader(context.Request.Body, MultipartReader.BoundaryOf(context.Request.ContentType));
        _ = await reader.NextAsync(context.RequestAborted) ?? throw Incomplete();
        var body = GcsJson.Parse(await reader.ReadAllAsync(GcsJson.MaxBody, context.RequestAborted));
        var headers = await reader.NextAsync(context.RequestAborted) ?? throw Incomplete();

        var name = NameOf(context, body);
        var metadata = WithQuery(context, ObjectMetadataJson.Read(body));
        if (metadata.ContentType is null && headers.TryGetValue("Content-Type", out var type))
        {
            metadata = metadata with { ContentType = type };
        }

        await PutAsync(context, bucket, name, reader.Content, metadata, ObjectMetadataJson.Hashes(body));
    }

    private async Task PutAsync(
        HttpContext context,
        string bucket,
        string name,
        Stream content,
        ObjectMetadata metadata,
        ExpectedHashes expected
    )
    {
        var hashes = ExpectedHashes
            .ParseHeader(context.Request.Headers["x-goog-hash"])
            .Or(expected)
            .Or(new ExpectedHashes(Md5: NullIfEmpty(context.Request.Headers.ContentMD5)));
        var item = await store.PutAsync(bucket, name, content, metadata, hashes, context.Preconditions(), context.RequestAborted);
        await GcsJson.WriteAsync(context, ObjectResource.ToJson(context, item));
    }

    /// <summary>The object's name: a query parameter, or a field of the metadata.</summary>
    internal static string NameOf(HttpContext context, JsonObject body) =>
        context.Text("name") is { Length: > 0 } given
            ? given
            : body.Text("name")
                ?? throw StatusException.InvalidArgument("Required: the object's name, as the parameter `name` or in the metadata.");

    internal static ObjectMetadata WithQuery(HttpContext context, ObjectMetadata metadata) =>
        context.Text("contentEncoding") is { Length: > 0 } encoding ? metadata with { ContentEncoding = encoding } : metadata;

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private static StatusException Incomplete() =>
        StatusException.InvalidArgument("A multipart upload has two parts, the object's metadata as JSON and its content; one is missing.");
}
