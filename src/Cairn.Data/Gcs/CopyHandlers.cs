using System.Globalization;
using System.Text.Json.Nodes;
using Cairn.Data.Gcs.Resources;
using Cairn.Data.Objects;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Http;
using Microsoft.AspNetCore.Http;

namespace Cairn.Data.Gcs;

/// <summary>Objects from objects: copyTo, rewriteTo, moveTo, compose.</summary>
public sealed class CopyHandlers(ObjectCopier copier, GcsAccess access) : IGcsHandlers
{
    // A body without any of these says nothing about the copy, which then inherits.
    private static readonly string[] MetadataFields =
    [
        "contentType",
        "contentEncoding",
        "contentDisposition",
        "contentLanguage",
        "cacheControl",
        "customTime",
        "storageClass",
        "metadata",
        "temporaryHold",
        "eventBasedHold",
        "retention",
    ];

    public void Map(GcsRoutes routes)
    {
        routes.Add("POST", "/storage/v1/b/{bucket}/o/{object}/copyTo/b/{targetBucket}/o/{target}", "storage.objects.create", CopyAsync);
        routes.Add(
            "POST",
            "/storage/v1/b/{bucket}/o/{object}/rewriteTo/b/{targetBucket}/o/{target}",
            "storage.objects.create",
            RewriteAsync
        );
        routes.Add("POST", "/storage/v1/b/{bucket}/o/{object}/moveTo/o/{target}", "storage.objects.create", MoveAsync);
        routes.Add("POST", "/storage/v1/b/{bucket}/o/{object}/compose", "storage.objects.create", ComposeAsync);
    }

    private async Task CopyAsync(HttpContext context, RouteValues values)
    {
        var (_, copy) = await CopyObjectAsync(context, values);
        await GcsJson.WriteAsync(context, ObjectResource.ToJson(context, copy));
    }

    private async Task RewriteAsync(HttpContext context, RouteValues values)
    {
        if (context.Text("rewriteToken") is { Length: > 0 } token)
        {
            throw StatusException.InvalidArgument(
                $"Invalid Value: `rewriteToken` is '{token}'; no rewrite here needs a second call. Begin again without it."
            );
        }

        var (source, copy) = await CopyObjectAsync(context, values);
        var size = source.Content.Size.ToString(CultureInfo.InvariantCulture);
        await GcsJson.WriteAsync(
            context,
            new JsonObject
            {
                ["kind"] = "storage#rewriteResponse",
                ["totalBytesRewritten"] = size,
                ["objectSize"] = size,
                ["done"] = true,
                ["resource"] = ObjectResource.ToJson(context, copy),
            }
        );
    }

    private async Task<(ObjectRecord Source, ObjectRecord Copy)> CopyObjectAsync(HttpContext context, RouteValues values)
    {
        await access.RequireAsync(context, values["bucket"]);
        await access.RequireAsync(context, values["targetBucket"]);
        RequireRead(context, values);
        var body = await GcsJson.ReadAsync(context);
        ObjectFields.Check(body);
        return await copier.CopyAsync(
            new ObjectSource(values["bucket"], values["object"], context.Number("sourceGeneration"), context.SourcePreconditions()),
            values["targetBucket"],
            values["target"],
            MetadataFields.Any(body.ContainsKey) ? ObjectMetadataJson.Read(body) : null,
            context.Preconditions(),
            context.RequestAborted
        );
    }

    private async Task MoveAsync(HttpContext context, RouteValues values)
    {
        await access.RequireAsync(context, values["bucket"]);
        RequireRead(context, values);
        if (!context.Caller().May("storage.objects.delete"))
        {
            throw StatusException.PermissionDenied(
                $"'{context.Caller().Name}' lacks storage.objects.delete, which moving '{values["object"]}' needs."
            );
        }

        var moved = await copier.MoveAsync(
            new ObjectSource(values["bucket"], values["object"], context.Number("sourceGeneration"), context.SourcePreconditions()),
            values["target"],
            context.Preconditions(),
            context.RequestAborted
        );
        await GcsJson.WriteAsync(context, ObjectResource.ToJson(context, moved));
    }

    private async Task ComposeAsync(HttpContext context, RouteValues values)
    {
        var bucket = values["bucket"];
        await access.RequireAsync(context, bucket);
        RequireRead(context, values);
        var body = await GcsJson.ReadAsync(context);
        var deleteSources = body.Flag("deleteSourceObjects") ?? false;
        if (deleteSources && !context.Caller().May("storage.objects.delete"))
        {
            throw StatusException.PermissionDenied(
                $"'{context.Caller().Name}' lacks storage.objects.delete, which `deleteSourceObjects` needs."
            );
        }

        var item = await copier.ComposeAsync(
            bucket,
            values["object"],
            Sources(bucket, body),
            ObjectMetadataJson.Read(body.Object("destination") ?? []),
            context.Preconditions(),
            context.RequestAborted,
            deleteSources
        );
        await GcsJson.WriteAsync(context, ObjectResource.ToJson(context, item));
    }

    private static List<ObjectSource> Sources(string bucket, JsonObject body)
    {
        var sources = new List<ObjectSource>();
        foreach (var entry in body["sourceObjects"] as JsonArray ?? [])
        {
            if (entry is not JsonObject source || source.Text("name") is not { } name)
            {
                throw StatusException.InvalidArgument("Invalid Value: each of `sourceObjects` must be an object with a `name`.");
            }

            var conditions = new Preconditions(GenerationMatch: source.Object("objectPreconditions")?.Number("ifGenerationMatch"));
            sources.Add(new ObjectSource(bucket, name, source.Number("generation"), conditions));
        }

        return sources;
    }

    // The routes are declared with what they create; each reads as well.
    private static void RequireRead(HttpContext context, RouteValues values)
    {
        if (!context.Caller().May("storage.objects.get"))
        {
            throw StatusException.PermissionDenied(
                $"'{context.Caller().Name}' lacks storage.objects.get, which a copy of '{values["bucket"]}/{values["object"]}' needs."
            );
        }
    }
}
