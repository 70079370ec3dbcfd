using Cairn.Data.Objects;
using Cairn.Data.SoftDelete;
using Cairn.Data.Views;
using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;

namespace Cairn.Data.Buckets;

/// <summary>Buckets: create, look up, change, delete.</summary>
public sealed class BucketStore(IDatabase database, BucketView view, TimeProvider time)
{
    /// <exception cref="StatusException">INVALID_ARGUMENT for the name, ALREADY_EXISTS.</exception>
    public async Task<Bucket> CreateAsync(Bucket bucket, CancellationToken cancellation)
    {
        BucketName.Require(bucket.Name);
        if (bucket.Project.Length == 0)
        {
            throw StatusException.InvalidArgument("Required parameter: project. Say which project owns the bucket, as ?project=ID.");
        }

        var created = await database.WriteAsync(
            session =>
            {
                if (BucketTable.Find(session, bucket.Name) is not null)
                {
                    throw StatusException.AlreadyExists(
                        $"Your previous request to create the named bucket succeeded and you already own it, or another project does: '{bucket.Name}'. Bucket names are global."
                    );
                }

                // Soft-deleted objects belong to a bucket by its name and its creation.
                var now = Math.Max(time.NowMicros(), DeletedBucketTable.LastCreated(session, bucket.Name) + 1);
                var made = bucket with { Metageneration = 1, Created = now, Updated = now };
                BucketTable.Insert(session, made);
                return made;
            },
            cancellation
        );
        await view.RefreshBucketAsync(bucket.Name, CancellationToken.None);
        return created;
    }

    public Task<Bucket?> FindAsync(string name, CancellationToken cancellation) =>
        database.ReadAsync(session => BucketTable.Find(session, name), cancellation);

    /// <exception cref="StatusException">NOT_FOUND.</exception>
    public async Task<Bucket> GetAsync(string name, CancellationToken cancellation) =>
        await FindAsync(name, cancellation) ?? throw DataErrors.NoSuchBucket(name);

    /// <summary>A project's buckets whose names start with the prefix, beginning after a name.</summary>
    public Task<List<Bucket>> ListAsync(string project, string prefix, string after, int limit, CancellationToken cancellation)
    {
        var from = after.Length == 0 ? prefix : after + "\u0001";
        var end = ObjectName.PrefixEnd(prefix);
        return database.ReadAsync(session => BucketTable.List(session, project, from, end, limit), cancellation);
    }

    /// <summary>Replaces what may be changed: versioning, labels, storage class, policy, settings.</summary>
    public Task<Bucket> UpdateAsync(
        string name,
        Preconditions preconditions,
        Func<Bucket, Bucket> change,
        CancellationToken cancellation
    ) =>
        database.WriteAsync(
            session =>
            {
                var current = BucketTable.Find(session, name) ?? throw DataErrors.NoSuchBucket(name);
                preconditions.Check(current);
                var updated = change(current) with { Metageneration = current.Metageneration + 1, Updated = time.NowMicros() };
                BucketTable.Update(session, updated);
                return updated;
            },
            cancellation
        );

    /// <summary>Deletes a bucket; with a soft-delete policy it can be restored, with its soft-deleted objects.</summary>
    /// <exception cref="StatusException">NOT_FOUND; FAILED_PRECONDITION where objects are left.</exception>
    public async Task DeleteAsync(string name, Preconditions preconditions, CancellationToken cancellation)
    {
        await database.WriteAsync(
            session =>
            {
                var current = BucketTable.Find(session, name) ?? throw DataErrors.NoSuchBucket(name);
                preconditions.Check(current);
                if (ObjectTable.Any(session, name))
                {
                    throw DataErrors.BucketNotEmpty(name);
                }

                BucketTable.Delete(session, name);
                if (current.Settings.SoftDelete is { } policy)
                {
                    var now = time.NowMicros();
                    DeletedBucketTable.Insert(session, current with { SoftDeleted = now, HardDelete = policy.Ends(now) });
                }

                return true;
            },
            cancellation
        );
        await view.RefreshBucketAsync(name, CancellationToken.None);
    }
}
