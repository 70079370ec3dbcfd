using Cairn.Data;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Rpc;
using Cairn.Kernel.Tenancy;

namespace Cairn.Models.Artifacts;

/// <summary>The tenant boundary for addresses: a caller who is limited to a project reaches only that project's buckets.</summary>
public sealed class BucketAccess(IObjects objects, ITenantGate gate)
{
    /// <exception cref="StatusException">NOT_FOUND where there is no such bucket; PERMISSION_DENIED where it is another
    /// project's.</exception>
    public async Task RequireAsync(GsUri uri, CallContext context)
    {
        if (await objects.ProjectOfAsync(uri.Bucket, context.Cancellation) is null)
        {
            throw StatusException.NotFound($"There is no bucket '{uri.Bucket}' (of '{uri}').");
        }

        await gate.RequireAsync(context.Caller.Project, uri.ToString(), "uri", context.Cancellation);
    }
}
