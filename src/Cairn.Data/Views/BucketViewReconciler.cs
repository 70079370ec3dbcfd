using Cairn.Data.Buckets;
using Cairn.Data.Objects;
using Cairn.Kernel.Blobs;
using Cairn.Kernel.Database;
using Cairn.Kernel.Files;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Cairn.Data.Views;

/// <summary>
/// Brings the buckets' folders up to date once after the start: a crash between a commit and its refresh leaves a file stale, missing or
/// too many.
/// </summary>
public sealed partial class BucketViewReconciler(
    IDatabase database,
    IBlobStore blobs,
    BucketView view,
    string root,
    ILogger<BucketViewReconciler> logger
) : BackgroundService
{
    private const int Batch = 1000;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        try
        {
            await ReconcileAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested) { }
        catch (Exception error)
        {
            Log.Failed(logger, error);
        }
    }

    /// <summary>One pass over all buckets.</summary>
    public async Task ReconcileAsync(CancellationToken cancellation)
    {
        var buckets = await database.ReadAsync(BucketTable.Names, cancellation);
        foreach (var entry in new DirectoryInfo(root).EnumerateFileSystemInfos())
        {
            if (entry is FileInfo file)
            {
                // The temporary name of a link that was being placed.
                file.Delete();
            }
            else if (!buckets.Contains(entry.Name))
            {
                await view.RefreshBucketAsync(entry.Name, cancellation);
            }
        }

        foreach (var bucket in buckets)
        {
            await view.RefreshBucketAsync(bucket, cancellation);
            if (view.Directory(bucket) is { } directory)
            {
                await RemoveExtraAsync(bucket, directory, cancellation);
                await PlaceMissingAsync(bucket, directory, cancellation);
            }
        }
    }

    private async Task RemoveExtraAsync(string bucket, string directory, CancellationToken cancellation)
    {
        // Collected first: a tree is not enumerated while it changes.
        var names = new DirectoryInfo(directory)
            .EnumerateFileSystemInfos("*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None })
            .Select(entry => Path.GetRelativePath(directory, entry.FullName) + (entry is DirectoryInfo ? "/" : ""))
            .ToList();
        foreach (var name in names)
        {
            var wanted = await database.ReadAsync(
                session =>
                    name.EndsWith('/')
                        ? ObjectTable.AnyLiveBelow(session, bucket, name)
                        : ObjectTable.FindLive(session, bucket, name) is not null,
                cancellation
            );
            if (!wanted)
            {
                await view.RefreshAsync(bucket, name, cancellation);
            }
        }
    }

    private async Task PlaceMissingAsync(string bucket, string directory, CancellationToken cancellation)
    {
        var from = "";
        while (true)
        {
            var start = from;
            var batch = await database.ReadAsync(session => ObjectTable.Live(session, bucket, start, null, Batch), cancellation);
            foreach (var item in batch)
            {
                if (PathGate.IsRepresentable(item.Name) && !IsPlaced(Path.Combine(directory, item.Name), item))
                {
                    await view.RefreshAsync(bucket, item.Name, cancellation);
                }
            }

            if (batch.Count < Batch)
            {
                return;
            }

            // No name has a NUL, so this is the least name that can follow.
            from = batch[^1].Name + "\u0001";
        }
    }

    // Links share the modification time, whose resolution no two blobs of one name share.
    private bool IsPlaced(string path, ObjectRecord item)
    {
        if (item.Name.EndsWith('/'))
        {
            return Directory.Exists(path);
        }

        var (file, blob) = (new FileInfo(path), new FileInfo(blobs.LocalPath(item.Content.Blob)!));
        return file.Exists && blob.Exists && file.Length == blob.Length && file.LastWriteTimeUtc == blob.LastWriteTimeUtc;
    }

    private static partial class Log
    {
        [LoggerMessage(
            1,
            LogLevel.Error,
            "The buckets' folders could not be brought up to date; tasks may see stale files until the next start."
        )]
        public static partial void Failed(ILogger logger, Exception error);
    }
}
