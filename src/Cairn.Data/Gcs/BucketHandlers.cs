using System.Buffers.Text;
using System.Text;
using System.Text.Json.Nodes;
using Cairn.Data.Buckets;
using Cairn.Data.Gcs.Resources;
using Cairn.Data.SoftDelete;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Http;
using Microsoft.AspNetCore.Http;

namespace Cairn.Data.Gcs;

/// <summary>Buckets: insert, list, get, patch, update, delete, storage layout.</summary>
public sealed class BucketHandlers(BucketStore buckets, DeletedBucketHandlers deleted, GcsAccess access, TimeProvider time) : IGcsHandlers
{
    private const int MaxPage = 1000;

    public void Map(GcsRoutes routes)
    {
        routes.Add("POST", "/storage/v1/b", "storage.buckets.create", InsertAsync);
        routes.Add("GET", "/storage/v1/b", "storage.buckets.list", ListAsync);
        routes.Add("GET", "/storage/v1/b/{bucket}", "storage.buckets.get", GetAsync);
        routes.Add(
            "PATCH",
            "/storage/v1/b/{bucket}",
            "storage.buckets.update",
            (context, values) => ChangeAsync(context, values, BucketJson.Patch)
        );
        routes.Add(
            "PUT",
            "/storage/v1/b/{bucket}",
            "storage.buckets.update",
            (context, values) => ChangeAsync(context, values, BucketJson.Replace)
        );
        routes.Add("DELETE", "/storage/v1/b/{bucket}", "storage.buckets.delete", DeleteAsync);
        routes.Add("GET", "/storage/v1/b/{bucket}/storageLayout", "storage.buckets.get", LayoutAsync);
    }

    private async Task InsertAsync(HttpContext context, RouteValues values)
    {
        var project = context.Text("project");
        context.RequireProject(project);
        var bucket = BucketJson.Read(await GcsJson.ReadAsync(context), project, context.Flag("enableObjectRetention"), time.NowMicros());
        var created = await buckets.CreateAsync(bucket, context.RequestAborted);
        await GcsJson.WriteAsync(context, BucketResource.ToJson(context, created));
    }

    private async Task ListAsync(HttpContext context, RouteValues values)
    {
        var project = context.Text("project");
        if (project.Length == 0)
        {
            throw StatusException.InvalidArgument("Required parameter: project. Say whose buckets to list, as ?project=ID.");
        }

        context.RequireProject(project);
        var limit = context.PageSize(MaxPage);
        if (context.Flag("softDeleted"))
        {
            await deleted.ListAsync(context, project, limit);
            return;
        }

        var after = context.Text("pageToken") is { Length: > 0 } token ? ReadToken(token) : "";
        var found = await buckets.ListAsync(project, context.Text("prefix"), after, limit + 1, context.RequestAborted);
        var page = found.Take(limit).ToList();
        var body = new JsonObject { ["kind"] = "storage#buckets" };
        if (found.Count > limit)
        {
            body["nextPageToken"] = Base64Url.EncodeToString(Encoding.UTF8.GetBytes(page[^1].Name));
        }

        if (page.Count > 0)
        {
            body["items"] = new JsonArray([.. page.Select(bucket => BucketResource.ToJson(context, bucket))]);
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

        await access.RequireAsync(context, values["bucket"]);
        var bucket = await buckets.GetAsync(values["bucket"], context.RequestAborted);
        context.Preconditions().Check(bucket, reading: true);
        await GcsJson.WriteAsync(context, BucketResource.ToJson(context, bucket));
    }

    private async Task ChangeAsync(HttpContext context, RouteValues values, Func<JsonObject, Bucket, long, Bucket> change)
    {
        await access.RequireAsync(context, values["bucket"]);
        var body = await GcsJson.ReadAsync(context);
        var bucket = await buckets.UpdateAsync(
            values["bucket"],
            context.Preconditions(),
            current => change(body, current, time.NowMicros()),
            context.RequestAborted
        );
        await GcsJson.WriteAsync(context, BucketResource.ToJson(context, bucket));
    }

    private async Task DeleteAsync(HttpContext context, RouteValues values)
    {
        await access.RequireAsync(context, values["bucket"]);
        await buckets.DeleteAsync(values["bucket"], context.Preconditions(), context.RequestAborted);
        context.Response.StatusCode = 204;
    }

    private async Task LayoutAsync(HttpContext context, RouteValues values)
    {
        await access.RequireAsync(context, values["bucket"]);
        var bucket = await buckets.GetAsync(values["bucket"], context.RequestAborted);
        var resource = BucketResource.ToJson(context, bucket);
        await GcsJson.WriteAsync(
            context,
            new JsonObject
            {
                ["kind"] = "storage#storageLayout",
                ["bucket"] = bucket.Name,
                ["location"] = bucket.Location,
                ["locationType"] = resource["locationType"]!.DeepClone(),
                ["hierarchicalNamespace"] = new JsonObject { ["enabled"] = false },
            }
        );
    }

    private static string ReadToken(string token)
    {
        if (token.Length <= 512 && Base64Url.IsValid(token))
        {
            return BucketName.Require(Encoding.UTF8.GetString(Base64Url.DecodeFromChars(token)));
        }

        throw StatusException.InvalidArgument("Invalid Value: `pageToken` is not one that this listing gave. Begin again without it.");
    }
}
