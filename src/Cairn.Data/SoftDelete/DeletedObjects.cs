using Cairn.Data.Buckets;
using Cairn.Data.Objects;
using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;

namespace Cairn.Data.SoftDelete;

/// <summary>
/// Objects that were deleted in a bucket with a soft-delete policy: look up, restore, and delete for good once their time is over.
/// </summary>
public sealed class DeletedObjects(IDatabase database, ObjectCommits commits)
{
    // Bounds how long one transaction keeps other writers waiting.
    private const int Batch = 200;

    /// <exception cref="StatusException">NOT_FOUND.</exception>
    public Task<ObjectRecord> GetAsync(string bucket, string name, long generation, CancellationToken cancellation) =>
        database.ReadAsync(
            session =>
            {
                var owner = BucketTable.Find(session, bucket) ?? throw DataErrors.NoSuchBucket(bucket);
                return DeletedObjectTable.Find(session, owner, name, generation) ?? throw NotThere(bucket, name, generation);
            },
            cancellation
        );

    /// <summary>
    /// Publishes a soft-deleted generation again, as a new generation of its name. What is soft-deleted stays so until its time is over, as
    /// in Cloud Storage; a live object of the name becomes noncurrent or soft-deleted itself.
    /// </summary>
    /// <exception cref="StatusException">NOT_FOUND; or with the reasons of preconditions and retention.</exception>
    public Task<ObjectRecord> RestoreAsync(
        string bucket,
        string name,
        long generation,
        Preconditions preconditions,
        CancellationToken cancellation
    ) =>
        commits.WriteAsync(
            transaction =>
            {
                var owner = transaction.RequireBucket(bucket);
                var deleted = DeletedObjectTable.Find(transaction.Session, owner, name, generation);
                if (deleted is null || deleted.HardDelete <= transaction.Now)
                {
                    throw NotThere(bucket, name, generation);
                }

                // A retention that is over cannot be set anew, and one that is not would have kept the object from deletion.
                return transaction.Publish(bucket, name, deleted.Content, deleted.Metadata with { Retention = null }, preconditions);
            },
            cancellation
        );

    /// <summary>Deletes for good what can no longer be restored; returns how many objects.</summary>
    public async Task<int> PurgeAsync(CancellationToken cancellation)
    {
        var purged = 0;
        int found;
        do
        {
            found = await commits.WriteAsync(
                transaction =>
                {
                    var blobs = DeletedObjectTable.DeleteDue(transaction.Session, transaction.Now, Batch);
                    blobs.ForEach(transaction.Release);
                    return blobs.Count;
                },
                cancellation
            );
            purged += found;
        } while (found == Batch);
        return purged;
    }

    private static StatusException NotThere(string bucket, string name, long generation) =>
        StatusException.NotFound(
            $"No such object: {bucket}/{name}#{generation} is not among the soft-deleted ones. '?softDeleted=true' lists them."
        );
}
