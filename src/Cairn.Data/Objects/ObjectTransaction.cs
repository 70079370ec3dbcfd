using Cairn.Data.Buckets;
using Cairn.Data.Retention;
using Cairn.Data.SoftDelete;
using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;

namespace Cairn.Data.Objects;

/// <summary>
/// One transaction over objects, with the rules of generations, versioning, retention and soft delete in one place. Collects what has to
/// follow the commit: the names whose live object changed, and the blobs that no row refers to any more.
/// </summary>
public sealed class ObjectTransaction(ISqlSession session, long now)
{
    private readonly HashSet<(string Bucket, string Name)> _changed = [];
    private readonly HashSet<string> _freed = [];

    public ISqlSession Session => session;

    /// <summary>Microseconds since 1970.</summary>
    public long Now => now;

    public IReadOnlyCollection<(string Bucket, string Name)> Changed => _changed;

    /// <summary>Blobs without a reference, as far as this transaction sees.</summary>
    public IReadOnlyCollection<string> Freed => _freed;

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

    /// <summary>
    /// Publishes content under a name, with a new generation; the live object that had the name becomes noncurrent or goes.
    /// </summary>
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

        var kept = ObjectRetentionRules.ForNew(bucket, metadata, now);
        var item = new ObjectRecord
        {
            Bucket = bucketName,
            Name = name,
            Generation = generation,
            Content = content,
            Created = now,
            Updated = now,
            Metadata = kept.StorageClass is null ? kept with { StorageClass = bucket.StorageClass } : kept,
        };
        ObjectTable.Insert(session, item);
        _freed.Remove(content.Blob);
        _changed.Add((bucketName, name));
        return item with { RetainedUntil = ObjectProtection.RetainedUntil(bucket, item) };
    }

    /// <summary>
    /// Deletes the live object (which stays as a noncurrent generation in a versioned bucket), or one generation for good.
    /// </summary>
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
            Remove(bucket, item);
        }

        BucketTable.RaiseFloor(session, bucketName, item.Generation);
        return item;
    }

    /// <summary>Changes what is said about an object.</summary>
    /// <param name="overrideRetention">Whether a retention that is not locked may become shorter.</param>
    public ObjectRecord Update(
        string bucketName,
        string name,
        long? generation,
        Preconditions preconditions,
        Func<ObjectMetadata, ObjectMetadata> change,
        bool overrideRetention = false
    )
    {
        var item = Require(bucketName, name, generation);
        preconditions.Check(bucketName, name, item);
        var bucket = RequireBucket(bucketName);
        var metadata = ObjectRetentionRules.ForChange(bucket, item.Metadata, change(item.Metadata), now, overrideRetention);
        var updated = item with { Metageneration = item.Metageneration + 1, Updated = now, Metadata = metadata };
        ObjectTable.UpdateMetadata(session, updated);
        return updated with { RetainedUntil = ObjectProtection.RetainedUntil(bucket, updated) };
    }

    /// <summary>Remembers a blob that has lost a reference.</summary>
    public void Release(string blob)
    {
        if (!ObjectTable.IsReferenced(session, blob))
        {
            _freed.Add(blob);
        }
    }

    private void Retire(Bucket bucket, ObjectRecord live)
    {
        if (bucket.Versioning)
        {
            ObjectTable.MarkNoncurrent(session, live, now);
            _changed.Add((live.Bucket, live.Name));
        }
        else
        {
            Remove(bucket, live);
        }
    }

    // The only place where an object leaves its bucket, so that nothing that protects one can be gone around.
    private void Remove(Bucket bucket, ObjectRecord item)
    {
        if (ObjectProtection.Objection(bucket, item, now) is { } objection)
        {
            throw objection;
        }

        ObjectTable.Delete(session, item);
        _changed.Add((item.Bucket, item.Name));
        if (bucket.Settings.SoftDelete is { } policy)
        {
            DeletedObjectTable.Insert(session, bucket, item with { SoftDeleted = now, HardDelete = policy.Ends(now) });
        }
        else
        {
            Release(item.Content.Blob);
        }
    }
}
