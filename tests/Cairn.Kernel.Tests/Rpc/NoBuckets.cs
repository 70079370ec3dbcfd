using Cairn.Kernel.Tenancy;

namespace Cairn.Kernel.Tests.Rpc;

/// <summary>A store without buckets.</summary>
internal sealed class NoBuckets : IBucketOwners
{
    public Task<string?> OwnerAsync(string bucket, CancellationToken cancellation = default) => Task.FromResult<string?>(null);
}
