namespace Cairn.Kernel.Tenancy;

/// <summary>Tells whose a bucket is.</summary>
public interface IBucketOwners
{
    /// <summary>The project that owns a bucket, or null where there is no such bucket.</summary>
    Task<string?> OwnerAsync(string bucket, CancellationToken cancellation = default);
}
