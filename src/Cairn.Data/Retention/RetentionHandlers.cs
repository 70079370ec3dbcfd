using Cairn.Data.Buckets;
using Cairn.Data.Gcs;
using Cairn.Data.Gcs.Resources;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Http;
using Microsoft.AspNetCore.Http;

namespace Cairn.Data.Retention;

/// <summary>Locks a bucket's retention policy for ever.</summary>
public sealed class RetentionHandlers(BucketStore buckets, GcsAccess access) : IGcsHandlers
{
    public void Map(GcsRoutes routes) =>
        routes.Add("POST", "/storage/v1/b/{bucket}/lockRetentionPolicy", "storage.buckets.update", LockAsync);

    private async Task LockAsync(HttpContext context, RouteValues values)
    {
        await access.RequireAsync(context, values["bucket"]);
        var preconditions = context.Preconditions();
        if (preconditions.MetagenerationMatch is null)
        {
            throw StatusException.InvalidArgument(
                "Required parameter: ifMetagenerationMatch. A lock cannot be undone, so say which state of the bucket is meant."
            );
        }

        var locked = await buckets.UpdateAsync(
            values["bucket"],
            preconditions,
            current =>
                current.Settings.Retention is { } policy
                    ? current with
                    {
                        Settings = current.Settings with { Retention = policy with { Locked = true } },
                    }
                    : throw StatusException.InvalidArgument(
                        $"The bucket '{current.Name}' has no `retentionPolicy` that could be locked. Set one first."
                    ),
            context.RequestAborted
        );
        await GcsJson.WriteAsync(context, BucketResource.ToJson(context, locked));
    }
}
