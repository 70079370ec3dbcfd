using Cairn.Data.Buckets;
using Cairn.Data.Objects;
using Cairn.Data.Retention;
using Cairn.Kernel.Database;

namespace Cairn.Data.Lifecycle;

/// <summary>
/// Carries out the lifecycle rules of all buckets. It reads ahead in snapshots and decides again, on the row and the rules of that moment,
/// in the transaction that acts; so two servers, a crash in the middle, or an owner who changes a rule meanwhile lead to nothing that the
/// rules do not say.
/// </summary>
public sealed class LifecycleSweep(IDatabase database, ObjectCommits commits, UploadSweep uploads, TimeProvider time)
{
    private const int ReadBatch = 1000;

    // Bounds how long one transaction keeps other writers waiting.
    private const int WriteBatch = 100;

    private const int BucketBatch = 200;

    /// <summary>One pass over all buckets that have rules.</summary>
    public async Task<SweepCount> SweepAsync(CancellationToken cancellation)
    {
        var count = default(SweepCount);
        var after = "";
        while (true)
        {
            var from = after;
            var buckets = await database.ReadAsync(session => BucketTable.After(session, from, BucketBatch), cancellation);
            foreach (var bucket in buckets.Where(bucket => bucket.Settings.Lifecycle is { Count: > 0 }))
            {
                count += await SweepAsync(bucket, cancellation);
                count = count with { Uploads = count.Uploads + await uploads.SweepAsync(bucket, cancellation) };
            }

            if (buckets.Count < BucketBatch)
            {
                return count;
            }

            after = buckets[^1].Name;
        }
    }

    private async Task<SweepCount> SweepAsync(Bucket bucket, CancellationToken cancellation)
    {
        var count = default(SweepCount);
        var position = new ListPosition("", -1);
        while (true)
        {
            var from = position;
            var (due, last) = await database.ReadAsync(session => Look(session, bucket, from), cancellation);
            foreach (var chunk in due.Chunk(WriteBatch))
            {
                count += await commits.WriteAsync(transaction => Act(transaction, bucket, chunk), cancellation);
            }

            if (last is not { } next)
            {
                return count;
            }

            position = next;
        }
    }

    // What is due in the next batch of generations, and where the one after it begins; null at the end.
    private (List<ObjectRecord> Due, ListPosition? Next) Look(ISqlSession session, Bucket bucket, ListPosition from)
    {
        var now = time.NowMicros();
        var batch = ObjectTable.Versions(session, bucket.Name, from.Name, from.After, null, ReadBatch);
        var due = batch.FindAll(item => Decide(session, bucket, item, now) is not null);
        return (due, batch.Count < ReadBatch ? null : new ListPosition(batch[^1].Name, batch[^1].Generation));
    }

    private static SweepCount Act(ObjectTransaction transaction, Bucket seen, ObjectRecord[] due)
    {
        var count = default(SweepCount);

        // Deleted, or another of the same name, since it was looked at.
        if (BucketTable.Find(transaction.Session, seen.Name) is not { } bucket || bucket.Created != seen.Created)
        {
            return count;
        }

        foreach (var item in due)
        {
            if (transaction.Find(item.Bucket, item.Name, item.Generation) is not { } current)
            {
                continue;
            }

            switch (Decide(transaction.Session, bucket, current, transaction.Now))
            {
                case { Type: LifecycleAction.Delete }:
                    // The live generation is deleted as by its name alone, so that versioning keeps it.
                    transaction.Delete(bucket.Name, current.Name, current.Deleted is null ? null : current.Generation, Preconditions.None);
                    count = count with { Deleted = count.Deleted + 1 };
                    break;
                case { StorageClass: { } to }:
                    transaction.Update(
                        bucket.Name,
                        current.Name,
                        current.Generation,
                        Preconditions.None,
                        metadata => metadata with { StorageClass = to }
                    );
                    count = count with { Moved = count.Moved + 1 };
                    break;
            }
        }

        return count;
    }

    private static LifecycleAction? Decide(ISqlSession session, Bucket bucket, ObjectRecord item, long now)
    {
        var action = LifecycleDecision.For(
            bucket.Settings.Lifecycle ?? [],
            item,
            now,
            one => ObjectTable.CountNewer(session, one.Bucket, one.Name, one.Generation)
        );
        var kept =
            action?.Type == LifecycleAction.Delete
            && !(item.Deleted is null && bucket.Versioning)
            && ObjectProtection.Objection(bucket, item, now) is not null;
        return kept ? null : action;
    }
}
