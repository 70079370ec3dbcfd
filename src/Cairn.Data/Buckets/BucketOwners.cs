using Cairn.Kernel.Database;
using Cairn.Kernel.Tenancy;

namespace Cairn.Data.Buckets;

/// <summary><see cref="IBucketOwners"/> over the buckets' table.</summary>
internal sealed class BucketOwners(IDatabase database) : IBucketOwners
{
    public Task<string?> OwnerAsync(string bucket, CancellationToken cancellation = default) =>
        database.ReadAsync(session => BucketTable.Find(session, bucket)?.Project, cancellation);
}
