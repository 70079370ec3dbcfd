using System.Text.Json.Nodes;
using Cairn.Data.Gcs.Resources;
using Cairn.Data.Objects;
using Cairn.Data.SoftDelete;
using Cairn.Kernel.Http;
using Microsoft.AspNetCore.Http;

namespace Cairn.Data.Gcs;

/// <summary>Objects: list, get, patch, update, delete.</summary>
public sealed class ObjectHandlers(
    ObjectStore store,
    ObjectLister lister,
    DeletedObjectHandlers deleted,
    MediaResponse media,
    GcsAccess access
) : IGcsHandlers
{
    public void Map(GcsRoutes routes)
    {
        routes.Add("GET", "/storage/v1/b/{bucket}/o", "storage.objects.list", ListAsync);
        routes.Add("GET", "/storage/v1/b/{bucket}/o/{object}", "storage.objects.get", GetAsync);
        routes.Add(
            "PATCH",
            "/storage/v1/b/{bucket}/o/{object}",
            "storage.objects.update",
            (context, values) => ChangeAsync(context, values, ObjectMetadataJson.Patch)
        );
        routes.Add(
            "PUT",
            "/storage/v1/b/{bucket}/o/{object}",
            "storage.objects.update",
            (context, values) => ChangeAsync(context, values, Replace)
        );
        routes.Add("DELETE", "/storage/v1/b/{bucket}/o/{object}", "storage.objects.delete", DeleteAsync);
        routes.AddStreamed("GET", "/download/storage/v1/b/{bucket}/o/{object}", "storage.objects.get", DownloadAsync);
    }

    private async Task ListAsync(HttpContext context, RouteValues values)
    {
        await access.RequireAsync(context, values["bucket"]);
        var page = await lister.ListAsync(
            new ObjectListQuery(values["bucket"])
            {
                Prefix = context.Text("prefix"),
                Delimiter = context.Text("delimiter"),
                IncludeTrailingDelimiter = context.Flag("includeTrailingDelimiter"),
                StartOffset = context.Text("startOffset"),
                EndOffset = context.Text("endOffset"),
                MatchGlob = context.Text("matchGlob"),
                Versions = context.Flag("versions"),
                SoftDeleted = context.Flag("softDeleted"),
                MaxResults = context.PageSize(ObjectListQuery.MaxPage),
                PageToken = context.Text("pageToken"),
            },
            context.RequestAborted
        );

        var body = new JsonObject { ["kind"] = "storage#objects" };
        if (page.NextPageToken is { } next)
        {
            body["nextPageToken"] = next;
        }

        if (page.Prefixes.Count > 0)
        {
            body["prefixes"] = new JsonArray([.. page.Prefixes.Select(prefix => (JsonNode?)prefix)]);
        }

        if (page.Items.Count > 0)
        {
            body["items"] = new JsonArray([.. page.Items.Select(item => ObjectResource.ToJson(context, item))]);
        }

        await GcsJson.WriteAsync(context, body);
    }

    private async Task GetAsync(HttpContext context, RouteValues values)
    {
        if (context.Flag("softDeleted"))
        {
            await deleted.GetAsync(context, values);
            return;
        }

        if (context.Text("alt") == "media")
        {
            await DownloadAsync(context, values);
            return;
        }

        // What cannot be read of the request is refused whether the object exists or not.
        var conditions = context.Preconditions();
        await access.RequireAsync(context, values["bucket"]);
        var item = await store.GetAsync(
            values["bucket"],
            values["object"],
            context.Generation(),
            Preconditions.None,
            context.RequestAborted
        );
        // Said also where the object is not modified: the client keeps what it has under this tag.
        context.Response.Headers.ETag = item.Etag;
        conditions.Check(item.Bucket, item.Name, item, reading: true);
        await GcsJson.WriteAsync(context, ObjectResource.ToJson(context, item));
    }

    private async Task DownloadAsync(HttpContext context, RouteValues values)
    {
        await access.RequireAsync(context, values["bucket"]);
        await media.WriteAsync(context, values["bucket"], values["object"], context.Preconditions());
    }

    private async Task ChangeAsync(HttpContext context, RouteValues values, Func<JsonObject, ObjectMetadata, ObjectMetadata> change)
    {
        await access.RequireAsync(context, values["bucket"]);
        var body = await GcsJson.ReadAsync(context);
        var item = await store.UpdateAsync(
            values["bucket"],
            values["object"],
            context.Generation(),
            context.Preconditions(),
            current => change(body, current),
            context.RequestAborted,
            context.Flag("overrideUnlockedRetention")
        );
        await GcsJson.WriteAsync(context, ObjectResource.ToJson(context, item));
    }

    private async Task DeleteAsync(HttpContext context, RouteValues values)
    {
        await access.RequireAsync(context, values["bucket"]);
        await store.DeleteAsync(values["bucket"], values["object"], context.Generation(), context.Preconditions(), context.RequestAborted);
        context.Response.StatusCode = 204;
    }

    // The storage class belongs to the content, which an update leaves alone; a custom time stays once it is set; and what protects an
    // object goes only where the body says so.
    private static ObjectMetadata Replace(JsonObject body, ObjectMetadata current)
    {
        var read = ObjectMetadataJson.Patch(body, new ObjectMetadata { CustomTime = current.CustomTime });
        return read with
        {
            StorageClass = read.StorageClass ?? current.StorageClass,
            Retention = body.ContainsKey("retention") ? read.Retention : current.Retention,
        };
    }
}
