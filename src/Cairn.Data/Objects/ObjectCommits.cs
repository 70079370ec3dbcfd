using Cairn.Data.Views;
using Cairn.Kernel.Blobs;
using Cairn.Kernel.Database;
using Microsoft.Extensions.Logging;

namespace Cairn.Data.Objects;

/// <summary>
/// Runs <see cref="ObjectTransaction"/>s, and does after the commit what has to follow it: files under the buckets' folders, and blobs that
/// are garbage now.
/// </summary>
public sealed partial class ObjectCommits(
    IDatabase database,
    IBlobStore blobs,
    BucketView view,
    TimeProvider time,
    ILogger<ObjectCommits> logger
)
{
    public async Task<T> WriteAsync<T>(Func<ObjectTransaction, T> work, CancellationToken cancellation = default)
    {
        var (result, transaction) = await database.WriteAsync(
            session =>
            {
                // Made anew in each run: the work may be run more than once.
                var attempt = new ObjectTransaction(session, time.NowMicros());
                return (work(attempt), attempt);
            },
            cancellation
        );

        // The commit has happened: what follows is not the caller's to cancel, and its failure is not the caller's failure.
        foreach (var (bucket, name) in transaction.Changed)
        {
            await view.RefreshAsync(bucket, name);
        }

        foreach (var blob in transaction.Freed)
        {
            await DeleteAsync(blob);
        }

        return result;
    }

    /// <summary>Deletes a blob that no row refers to; on failure it stays for the garbage collector.</summary>
    public async Task DeleteAsync(string blob)
    {
        try
        {
            await blobs.DeleteAsync(blob);
        }
        catch (Exception error)
        {
            Log.BlobStays(logger, blob, error);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Blob {Blob} could not be deleted and stays for the garbage collector.")]
        public static partial void BlobStays(ILogger logger, string blob, Exception error);
    }
}
