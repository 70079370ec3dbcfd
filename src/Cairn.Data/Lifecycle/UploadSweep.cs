using Cairn.Data.Buckets;
using Cairn.Data.Objects;
using Cairn.Data.Uploads;
using Cairn.Kernel.Database;

namespace Cairn.Data.Lifecycle;

/// <summary>
/// Ends unfinished uploads by the lifecycle rules of their bucket. The uploads that come in several requests here are the resumable ones.
/// </summary>
public sealed class UploadSweep(IDatabase database, ObjectCommits commits, TimeProvider time)
{
    private const int Batch = 200;

    /// <summary>One pass over a bucket's uploads; returns how many were ended.</summary>
    public async Task<int> SweepAsync(Bucket bucket, CancellationToken cancellation)
    {
        var rules = bucket.Settings.Lifecycle ?? [];
        if (rules.All(rule => rule.Action.Type != LifecycleAction.AbortUpload))
        {
            return 0;
        }

        var ended = 0;
        var after = "";
        while (true)
        {
            var from = after;
            var batch = await database.ReadAsync(session => UploadTable.Active(session, bucket.Name, from, Batch), cancellation);
            var now = time.NowMicros();
            var due = batch
                .FindAll(upload => LifecycleDecision.Aborts(rules, upload.Name, upload.Begun, now))
                .ConvertAll(upload => upload.Id);
            if (due.Count > 0)
            {
                ended += await commits.WriteAsync(transaction => due.Count(id => ResumableUploads.Abort(transaction, id)), cancellation);
            }

            if (batch.Count < Batch)
            {
                return ended;
            }

            after = batch[^1].Id;
        }
    }
}
