using Cairn.Data.Buckets;
using Cairn.Kernel.Http;

namespace Cairn.Data.Cors;

/// <summary>
/// A bucket's <c>cors</c> as what its owner grants. It opens the routes of objects of that one bucket: not the bucket's own settings, not
/// batches, and not copies, which reach into a second bucket.
/// </summary>
public sealed class BucketCors(BucketStore buckets) : ICrossOrigin
{
    // What Cloud Storage says where a rule does not.
    private const long DefaultMaxAge = 3600;

    public async ValueTask<CrossOriginGrant?> FindAsync(
        string origin,
        string method,
        Route route,
        RouteValues values,
        CancellationToken cancellation
    )
    {
        if (
            !route.Permission.StartsWith("storage.objects.", StringComparison.Ordinal)
            || values.Find("bucket") is not { } name
            || values.Find("targetBucket") is not null
            || await buckets.FindAsync(name, cancellation) is not { Settings.Cors: { } rules }
        )
        {
            return null;
        }

        var admitting = rules.Where(rule => rule.Admits(origin, method)).ToList();
        return admitting.Count == 0
            ? null
            : new CrossOriginGrant(
                header => admitting.Exists(rule => rule.AdmitsHeader(header)),
                admitting[0].MaxAgeSeconds ?? DefaultMaxAge
            );
    }
}
