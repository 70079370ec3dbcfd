using Cairn.Data.Uploads;
using Cairn.Kernel.Blobs;
using Cairn.Kernel.Database;
using Cairn.Kernel.Work.Chores;
using Microsoft.Extensions.Logging;

namespace Cairn.Data.Objects;

/// <summary>
/// Deletes blobs that no row refers to: what a crash left between a blob's commit and its row's. A blob younger than
/// <see cref="MinimumAge"/> may be on its way to publication and is left alone.
/// </summary>
public sealed partial class GarbageCollector(
    IDatabase database,
    IBlobStore blobs,
    ResumableUploads uploads,
    IEnumerable<IBlobOwner> owners,
    TimeProvider time,
    ILogger<GarbageCollector> logger
) : IChore
{
    /// <summary>How long a finished blob may wait for its row.</summary>
    public static readonly TimeSpan MinimumAge = TimeSpan.FromHours(1);

    private readonly IBlobOwner[] _owners = [.. owners];

    public Chore Chore { get; } = new("blob-garbage", TimeSpan.FromHours(6));

    /// <summary>One pass over all blobs; returns how many were deleted.</summary>
    public async Task<int> CollectAsync(CancellationToken cancellation)
    {
        var limit = time.GetUtcNow() - MinimumAge;
        var deleted = 0;
        await foreach (var (id, modified) in blobs.ListAsync(cancellation))
        {
            if (
                modified < limit
                && !await database.ReadAsync(
                    session => ObjectTable.IsReferenced(session, id) || _owners.Any(owner => owner.Refers(session, id)),
                    cancellation
                )
            )
            {
                await blobs.DeleteAsync(id, cancellation);
                deleted++;
            }
        }

        return deleted;
    }

    public async Task RunAsync(CancellationToken cancellation)
    {
        var expired = await uploads.ExpireAsync(cancellation);
        var deleted = await CollectAsync(cancellation);
        Log.Collected(logger, deleted, expired);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Deleted {Blobs} blobs that nothing refers to, and forgot {Uploads} unfinished uploads.")]
        public static partial void Collected(ILogger logger, int blobs, int uploads);
    }
}
