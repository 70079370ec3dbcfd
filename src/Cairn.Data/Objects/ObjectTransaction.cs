using Cairn.Data.Buckets;
using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;

namespace Cairn.Data.Objects;

/// <summary>
/// One transaction over objects, with the rules of generations, versioning and holds in one place. Collects what has to follow the commit: the names
/// whose live object changed, and the blobs that no row refers to any more.
/// </summary>
public sealed class ObjectTransaction(ISqlSession session, long now)
{
    private readonly HashSet<(string Bucket, string Name)> changed = [];
    private readonly HashSet<string> freed = [];

    public ISqlSession Session => session;

    /// <summary>Microseconds since 1970.</summary>
    public long Now => now;

    public IReadOnlyCollection<(string Bucket, string Name)> Changed => changed;

    /// <summary>Blobs without a reference, as far as this transaction sees.</summary>
    public IReadOnlyCollection<string> Freed => freed;

    /// <exception cref="StatusException">NOT_FOUND.</exception>
    public Bucket RequireBucket(string name) => BucketTable.Find(session, name) ?? throw DataErrors.NoSuchBucket(name);

    public ObjectRecord? Find(string bucket, string name, long? generation = null) => ObjectTable.Find(session, bucket, name, generation);

    /// <exception cref="StatusException">NOT_FOUND; for the bucket where that is what is missing.</exception>
    public ObjectRecord Require(string bucket, string name, long? generation = null)
    {
        if (Find(bucket, name, generation) is { } item)
        {
            return item;
        }

        RequireBucket(bucket);
        throw DataErrors.NoSuchObject(bucket, name);
    }

    /// <summary>Publishes content under a name, with a new generation; the live object that had the name becomes noncurrent or goes.</summary>
    public ObjectRecord Publish(string bucketName, string name, Content content, ObjectMetadata metadata, Preconditions preconditions)
    {
        var bucket = RequireBucket(bucketName);
        var live = ObjectTable.FindLive(session, bucketName, name);
        preconditions.Check(bucketName, name, live);

        // The clock may stand still or go back; generations may not.
        var last = Math.Max(ObjectTable.LastGeneration(session, bucketName, name), bucket.GenerationFloor);
        var generation = Math.Max(now, last + 1);
        if (live is not null)
        {
            Retire(bucket, live);
        }

        var item = new ObjectRecord
        {
            Bucket = bucketName,
            Name = name,
            Generation = generation,
            Content = content,
            Created = now,
            Updated = now,
            Metadata = metadata.StorageClass is null ? metadata with { StorageClass = bucket.StorageClass } : metadata,
        };
        ObjectTable.Insert(session, item);
        freed.Remove(content.Blob);
        changed.Add((bucketName, name));
        return item;
    }

    /// <summary>Deletes the live object (which stays as a noncurrent generation in a versioned bucket), or one generation for good.</summary>
    public ObjectRecord Delete(string bucketName, string name, long? generation, Preconditions preconditions)
    {
        var bucket = RequireBucket(bucketName);
        var item = Find(bucketName, name, generation);
        if (item is null)
        {
            throw DataErrors.NoSuchObject(bucketName, name);
        }

        preconditions.Check(bucketName, name, item);
        if (generation is null)
        {
            Retire(bucket, item);
        }
        else
        {
            Remove(item);
        }

        BucketTable.RaiseFloor(session, bucketName, item.Generation);
        return item;
    }

    public ObjectRecord Update(string bucket, string name, long? generation, Preconditions preconditions, Func<ObjectMetadata, ObjectMetadata> change)
    {
        var item = Require(bucket, name, generation);
        preconditions.Check(bucket, name, item);
        var updated = item with { Metageneration = item.Metageneration + 1, Updated = now, Metadata = change(item.Metadata) };
        ObjectTable.UpdateMetadata(session, updated);
        return updated;
    }

    /// <summary>Remembers a blob that has lost a reference.</summary>
    public void Release(string blob)
    {
        if (!ObjectTable.IsReferenced(session, blob))
        {
            freed.Add(blob);
        }
    }

    private void Retire(Bucket bucket, ObjectRecord live)
    {
        if (bucket.Versioning)
        {
            ObjectTable.MarkNoncurrent(session, live, now);
            changed.Add((live.Bucket, live.Name));
        }
        else
        {
            Remove(live);
        }
    }

    private void Remove(ObjectRecord item)
    {
        if (item.Metadata.TemporaryHold || item.Metadata.EventBasedHold)
        {
            throw DataErrors.Held($"Object '{item.Bucket}/{item.Name}' is under active hold and cannot be deleted or overwritten. Release the hold first.");
        }

        ObjectTable.Delete(session, item);
        changed.Add((item.Bucket, item.Name));
        Release(item.Content.Blob);
    }
}
