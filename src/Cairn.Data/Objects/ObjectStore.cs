using Cairn.Data.Buckets;
using Cairn.Data.Checksums;
using Cairn.Data.Retention;
using Cairn.Kernel.Blobs;
using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;

namespace Cairn.Data.Objects;

/// <summary>Objects one at a time: look up, read, publish, change, delete.</summary>
public sealed class ObjectStore(IDatabase database, IBlobStore blobs, ContentStager stager, ObjectCommits commits)
{
    public Task<ObjectRecord?> FindAsync(string bucket, string name, long? generation, CancellationToken cancellation) =>
        database.ReadAsync(session => ObjectTable.Find(session, bucket, name, generation), cancellation);

    /// <exception cref="StatusException">NOT_FOUND; or with the preconditions' reasons.</exception>
    public async Task<ObjectRecord> GetAsync(
        string bucket,
        string name,
        long? generation,
        Preconditions preconditions,
        CancellationToken cancellation
    )
    {
        var (owner, item) = await database.ReadAsync(
            session => (BucketTable.Find(session, bucket), ObjectTable.Find(session, bucket, name, generation)),
            cancellation
        );
        if (owner is null || item is null)
        {
            throw owner is null ? DataErrors.NoSuchBucket(bucket) : DataErrors.NoSuchObject(bucket, name);
        }

        preconditions.Check(bucket, name, item, reading: true);
        return item with { RetainedUntil = ObjectProtection.RetainedUntil(owner, item) };
    }

    /// <summary>Opens bytes of exactly this generation.</summary>
    /// <exception cref="StatusException">NOT_FOUND where it has been replaced or deleted meanwhile.</exception>
    public async Task<Stream> OpenAsync(ObjectRecord item, long offset, long? length, CancellationToken cancellation)
    {
        try
        {
            return await blobs.OpenAsync(item.Content.Blob, offset, length, cancellation);
        }
        catch (StatusException error) when (error.Code == Google.Rpc.Code.NotFound)
        {
            throw DataErrors.NoSuchObject(item.Bucket, item.Name);
        }
    }

    /// <summary>Opens the live object; one that is replaced while this runs is looked up again.</summary>
    public async Task<(ObjectRecord Item, Stream Content)> OpenLiveAsync(string bucket, string name, CancellationToken cancellation)
    {
        for (var attempt = 0; ; attempt++)
        {
            var item = await GetAsync(bucket, name, null, Preconditions.None, cancellation);
            try
            {
                return (item, await OpenAsync(item, 0, null, cancellation));
            }
            catch (StatusException error) when (error.Code == Google.Rpc.Code.NotFound && attempt < 10) { }
        }
    }

    /// <summary>Streams content in and publishes it under a name. Refusals that can be foreseen come before the content is read.</summary>
    public async Task<ObjectRecord> PutAsync(
        string bucket,
        string name,
        Stream content,
        ObjectMetadata metadata,
        ExpectedHashes expected,
        Preconditions preconditions,
        CancellationToken cancellation
    )
    {
        await CheckPublishableAsync(bucket, name, preconditions, cancellation);
        await using var staged = await stager.StageAsync(content, cancellation);
        staged.Verify(expected);
        return await PublishAsync(bucket, name, staged, metadata, preconditions, cancellation);
    }

    /// <summary>Whether a publication under these conditions would be accepted now.</summary>
    public async Task CheckPublishableAsync(string bucket, string name, Preconditions preconditions, CancellationToken cancellation)
    {
        ObjectName.Require(name);
        var (found, live) = await database.ReadAsync(
            session => (BucketTable.Find(session, bucket) is not null, ObjectTable.FindLive(session, bucket, name)),
            cancellation
        );
        if (!found)
        {
            throw DataErrors.NoSuchBucket(bucket);
        }

        preconditions.Check(bucket, name, live);
    }

    /// <summary>Publishes staged content.</summary>
    public Task<ObjectRecord> PublishAsync(
        string bucket,
        string name,
        StagedContent staged,
        ObjectMetadata metadata,
        Preconditions preconditions,
        CancellationToken cancellation
    ) =>
        staged.CommitAsync(() =>
            commits.WriteAsync(transaction => transaction.Publish(bucket, name, staged.Content, metadata, preconditions), cancellation)
        );

    /// <summary>Changes metadata; the content and its generation stay.</summary>
    /// <param name="overrideRetention">Whether a retention that is not locked may become shorter.</param>
    public Task<ObjectRecord> UpdateAsync(
        string bucket,
        string name,
        long? generation,
        Preconditions preconditions,
        Func<ObjectMetadata, ObjectMetadata> change,
        CancellationToken cancellation,
        bool overrideRetention = false
    ) =>
        commits.WriteAsync(
            transaction => transaction.Update(bucket, name, generation, preconditions, change, overrideRetention),
            cancellation
        );

    public Task<ObjectRecord> DeleteAsync(
        string bucket,
        string name,
        long? generation,
        Preconditions preconditions,
        CancellationToken cancellation
    ) => commits.WriteAsync(transaction => transaction.Delete(bucket, name, generation, preconditions), cancellation);
}
