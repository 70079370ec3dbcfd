using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Cairn.Data.Buckets;
using Cairn.Data.Gcs;
using Cairn.Data.Gcs.Resources;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Http;
using Microsoft.AspNetCore.Http;

namespace Cairn.Data.SoftDelete;

/// <summary>Soft-deleted buckets: list, get, restore.</summary>
public sealed class DeletedBucketHandlers(DeletedBuckets buckets) : IGcsHandlers
{
    public void Map(GcsRoutes routes) => routes.Add("POST", "/storage/v1/b/{bucket}/restore", "storage.buckets.restore", RestoreAsync);

    /// <summary>Answers a listing with <c>softDeleted=true</c>.</summary>
    public async Task ListAsync(HttpContext context, string project, int limit)
    {
        var found = await buckets.ListAsync(
            project,
            context.Text("prefix"),
            ReadToken(context.Text("pageToken")),
            limit + 1,
            context.RequestAborted
        );
        var page = found.Take(limit).ToList();
        var body = new JsonObject { ["kind"] = "storage#buckets" };
        if (found.Count > limit)
        {
            body["nextPageToken"] = Base64Url.EncodeToString(
                Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{page[^1].Created}/{page[^1].Name}"))
            );
        }

        if (page.Count > 0)
        {
            body["items"] = new JsonArray([.. page.Select(bucket => BucketResource.ToJson(context, bucket))]);
        }

        await GcsJson.WriteAsync(context, body);
    }

    /// <summary>Answers a GET with <c>softDeleted=true</c>.</summary>
    public async Task GetAsync(HttpContext context, RouteValues values) =>
        await GcsJson.WriteAsync(context, BucketResource.ToJson(context, await FindAsync(context, values)));

    private async Task RestoreAsync(HttpContext context, RouteValues values)
    {
        var deleted = await FindAsync(context, values);
        var restored = await buckets.RestoreAsync(deleted.Name, deleted.Created, context.RequestAborted);
        await GcsJson.WriteAsync(context, BucketResource.ToJson(context, restored));
    }

    // The tenant boundary: it is the deleted bucket's owner that counts, not that of a bucket that has the name now.
    private async Task<Bucket> FindAsync(HttpContext context, RouteValues values)
    {
        var generation =
            context.Generation()
            ?? throw StatusException.InvalidArgument(
                "Required parameter: generation. A name may have several soft-deleted buckets; '?softDeleted=true' lists them."
            );
        var bucket = await buckets.GetAsync(values["bucket"], generation, context.RequestAborted);
        context.RequireProject(bucket.Project);
        return bucket;
    }

    private static (string Name, long Generation) ReadToken(string token)
    {
        if (token.Length == 0)
        {
            return ("", -1);
        }

        if (token.Length <= 512 && Base64Url.IsValid(token))
        {
            var parts = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(token)).Split('/', 2);
            if (parts.Length == 2 && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var generation))
            {
                return (BucketName.Require(parts[1]), generation);
            }
        }

        throw StatusException.InvalidArgument("Invalid Value: `pageToken` is not one that this listing gave. Begin again without it.");
    }
}
