using System.Text.Json.Nodes;
using Cairn.Data.Buckets;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Http;
using Microsoft.AspNetCore.Http;

namespace Cairn.Data.Gcs;

/// <summary>
/// What clients ask about permissions. A bucket's policy is kept and given back, for tools that manage policies; who may do what is decided
/// by the identities' permissions, which is what <c>testPermissions</c> answers.
/// </summary>
public sealed class PolicyHandlers(BucketStore buckets, GcsAccess access) : IGcsHandlers
{
    private const int MaxBindings = 1500;

    public void Map(GcsRoutes routes)
    {
        routes.Add("GET", "/storage/v1/b/{bucket}/iam", "storage.buckets.getIamPolicy", GetAsync);
        routes.Add("PUT", "/storage/v1/b/{bucket}/iam", "storage.buckets.setIamPolicy", SetAsync);
        routes.Add("GET", "/storage/v1/b/{bucket}/iam/testPermissions", "storage.buckets.get", TestAsync);
        routes.Add(
            "GET",
            "/storage/v1/b/{bucket}/notificationConfigs",
            "storage.buckets.get",
            (context, values) => EmptyAsync(context, values, "storage#notifications")
        );
        routes.Add(
            "GET",
            "/storage/v1/b/{bucket}/managedFolders",
            "storage.objects.list",
            (context, values) => EmptyAsync(context, values, "storage#managedFolders")
        );
        routes.Add("GET", "/storage/v1/b/{bucket}/folders", "storage.objects.list", RefuseFolders);
    }

    private async Task GetAsync(HttpContext context, RouteValues values)
    {
        var bucket = await FindAsync(context, values);
        await WriteAsync(context, bucket);
    }

    private async Task SetAsync(HttpContext context, RouteValues values)
    {
        var bucket = await FindAsync(context, values);
        var body = await GcsJson.ReadAsync(context);
        var bindings = Bindings(body);
        var etag = body.Text("etag");
        var updated = await buckets.UpdateAsync(
            bucket.Name,
            Preconditions.None,
            current =>
                etag is null || etag == Etag(current)
                    ? Allowed(current, bindings) with
                    {
                        Policy = bindings.ToJsonString(),
                    }
                    : throw DataErrors.PreconditionFailed(
                        $"The policy of bucket '{current.Name}' has changed since it was read (etag '{etag}'). Read it again."
                    ),
            context.RequestAborted
        );
        await WriteAsync(context, updated);
    }

    private async Task TestAsync(HttpContext context, RouteValues values)
    {
        await FindAsync(context, values);
        var caller = context.Caller();
        var held = context.Request.Query["permissions"].Where(permission => permission is not null && caller.May(permission));
        var body = new JsonObject { ["kind"] = "storage#testIamPermissionsResponse" };
        if (held.Any())
        {
            body["permissions"] = new JsonArray([.. held.Select(permission => (JsonNode?)permission)]);
        }

        await GcsJson.WriteAsync(context, body);
    }

    private async Task EmptyAsync(HttpContext context, RouteValues values, string kind)
    {
        await FindAsync(context, values);
        await GcsJson.WriteAsync(context, new JsonObject { ["kind"] = kind });
    }

    private async Task RefuseFolders(HttpContext context, RouteValues values)
    {
        var bucket = await FindAsync(context, values);
        throw new StatusException(
            Google.Rpc.Code.Aborted,
            $"The bucket '{bucket.Name}' does not support hierarchical namespace; its folders are prefixes of object names."
        );
    }

    private async Task<Bucket> FindAsync(HttpContext context, RouteValues values)
    {
        await access.RequireAsync(context, values["bucket"]);
        return await buckets.GetAsync(values["bucket"], context.RequestAborted);
    }

    private static Bucket Allowed(Bucket bucket, JsonArray bindings)
    {
        var open = bindings.Any(binding =>
            binding!["members"]!.AsArray().Any(static member => member!.ToString() is "allUsers" or "allAuthenticatedUsers")
        );
        return open && bucket.Settings.PreventsPublicAccess
            ? throw DataErrors.PreconditionFailed(
                $"The members allUsers and allAuthenticatedUsers are not allowed in the policy of bucket '{bucket.Name}': its `publicAccessPrevention` is enforced."
            )
            : bucket;
    }

    private static JsonArray Bindings(JsonObject body)
    {
        if (body["bindings"] is not JsonArray { Count: <= MaxBindings } bindings)
        {
            throw StatusException.InvalidArgument(
                $"Invalid Value: `bindings` must be a list of at most {MaxBindings} roles with their members."
            );
        }

        foreach (var binding in bindings)
        {
            if (
                binding is not JsonObject { } item
                || item.Text("role") is null
                || item["members"] is not JsonArray members
                || members.Any(member => member is not JsonValue)
            )
            {
                throw StatusException.InvalidArgument("Invalid Value: each of `bindings` must have a `role` and a list of `members`.");
            }
        }

        return (JsonArray)bindings.DeepClone();
    }

    private static Task WriteAsync(HttpContext context, Bucket bucket) =>
        GcsJson.WriteAsync(
            context,
            new JsonObject
            {
                ["kind"] = "storage#policy",
                ["resourceId"] = $"projects/_/buckets/{bucket.Name}",
                ["version"] = 1,
                ["etag"] = Etag(bucket),
                ["bindings"] = bucket.Policy is null ? new JsonArray() : JsonNode.Parse(bucket.Policy),
            }
        );

    private static string Etag(Bucket bucket) => Convert.ToBase64String(BitConverter.GetBytes(bucket.Metageneration));
}
