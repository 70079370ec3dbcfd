using Cairn.Data.Buckets;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Http;
using Microsoft.AspNetCore.Http;

namespace Cairn.Data.Gcs;

/// <summary>The tenant boundary: an identity that is bound to a project touches buckets of that project only.</summary>
public sealed class GcsAccess(BucketStore buckets)
{
    /// <exception cref="StatusException">PERMISSION_DENIED. A bucket that does not exist is for the call itself to report.</exception>
    public async Task RequireAsync(HttpContext context, string bucket)
    {
        if (context.Caller().Project is not null && await buckets.FindAsync(bucket, context.RequestAborted) is { } found)
        {
            context.RequireProject(found.Project);
        }
    }
}
