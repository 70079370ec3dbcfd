using Cairn.Data.Buckets;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Http;
using Microsoft.AspNetCore.Http;

namespace Cairn.Data.Gcs;

/// <summary>
/// The access control lists of buckets and objects, answered as Cloud Storage does for a bucket with uniform bucket-level access: there are
/// none.
/// </summary>
public sealed class AccessListHandlers(BucketStore buckets, GcsAccess access) : IGcsHandlers
{
    public void Map(GcsRoutes routes)
    {
        Map(routes, "/storage/v1/b/{bucket}/acl", "storage.buckets", "bucket");
        Map(routes, "/storage/v1/b/{bucket}/defaultObjectAcl", "storage.buckets", "bucket");
        Map(routes, "/storage/v1/b/{bucket}/o/{object}/acl", "storage.objects", "object");
    }

    private void Map(GcsRoutes routes, string list, string resource, string what)
    {
        var entry = list + "/{entity}";
        foreach (var path in (string[])[list, entry])
        {
            routes.Add(
                "GET",
                path,
                $"{resource}.getIamPolicy",
                (context, values) => RefuseAsync(context, values, $"get legacy ACL for a{(what[0] == 'o' ? "n" : "")} {what}")
            );
        }

        routes.Add(
            "POST",
            list,
            $"{resource}.setIamPolicy",
            (context, values) => RefuseAsync(context, values, $"use ACL API to update {what} policy")
        );
        foreach (var method in (string[])["PUT", "PATCH", "DELETE"])
        {
            routes.Add(
                method,
                entry,
                $"{resource}.setIamPolicy",
                (context, values) => RefuseAsync(context, values, $"use ACL API to update {what} policy")
            );
        }
    }

    // Clients look for the words "uniform bucket-level access is enabled".
    private async Task RefuseAsync(HttpContext context, RouteValues values, string attempt)
    {
        await access.RequireAsync(context, values["bucket"]);
        var bucket = await buckets.GetAsync(values["bucket"], context.RequestAborted);
        throw StatusException.InvalidArgument(
            $"Cannot {attempt} when uniform bucket-level access is enabled, as it is for '{bucket.Name}'. Use the bucket's IAM policy."
        );
    }
}
