using Cairn.Data.Buckets;
using Cairn.Data.Objects;
using Cairn.Data.Views;
using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;

namespace Cairn.Data.SoftDelete;

/// <summary>
/// Buckets that were deleted while they had a soft-delete policy: look up, list, restore, and forget once their time is over.
/// </summary>
public sealed class DeletedBuckets(IDatabase database, BucketView view, TimeProvider time)
{
    /// <exception cref="StatusException">NOT_FOUND.</exception>
    public async Task<Bucket> GetAsync(string name, long generation, CancellationToken cancellation) =>
        await database.ReadAsync(session => DeletedBucketTable.Find(session, name, generation), cancellation)
        ?? throw NotThere(name, generation);

    /// <summary>A project's, in the order of names and then of generations, beginning after one.</summary>
    public Task<List<Bucket>> ListAsync(
        string project,
        string prefix,
        (string Name, long Generation) after,
        int limit,
        CancellationToken cancellation
    )
    {
        var from = after.Name.Length == 0 ? prefix : after.Name;
        var end = ObjectName.PrefixEnd(prefix);
        return database.ReadAsync(session => DeletedBucketTable.List(session, project, from, after.Generation, end, limit), cancellation);
    }

    /// <summary>Makes the bucket as it was, with its soft-deleted objects.</summary>
    /// <exception cref="StatusException">NOT_FOUND; ALREADY_EXISTS where another bucket has the name by now.</exception>
    public async Task<Bucket> RestoreAsync(string name, long generation, CancellationToken cancellation)
    {
        var restored = await database.WriteAsync(
            session =>
            {
                var now = time.NowMicros();
                var deleted = DeletedBucketTable.Find(session, name, generation);
                if (deleted is null || deleted.HardDelete <= now)
                {
                    throw NotThere(name, generation);
                }

                if (BucketTable.Find(session, name) is not null)
                {
                    throw StatusException.AlreadyExists($"The bucket '{name}' cannot be restored: another bucket has the name by now.");
                }

                var bucket = deleted with
                {
                    Metageneration = deleted.Metageneration + 1,
                    Updated = now,
                    SoftDeleted = null,
                    HardDelete = null,
                };
                BucketTable.Insert(session, bucket);
                DeletedBucketTable.Delete(session, name, generation);
                return bucket;
            },
            cancellation
        );
        await view.RefreshBucketAsync(name, CancellationToken.None);
        return restored;
    }

    /// <summary>Forgets what can no longer be restored; returns how many buckets.</summary>
    public Task<int> PurgeAsync(CancellationToken cancellation) =>
        database.WriteAsync(session => DeletedBucketTable.DeleteDue(session, time.NowMicros()), cancellation);

    private static StatusException NotThere(string name, long generation) =>
        StatusException.NotFound(
            $"The specified bucket does not exist: '{name}' of generation {generation} is not among the soft-deleted ones. '?softDeleted=true' lists them."
        );
}
