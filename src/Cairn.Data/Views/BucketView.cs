using Cairn.Data.Buckets;
using Cairn.Data.Objects;
using Cairn.Kernel.Blobs;
using Cairn.Kernel.Database;
using Cairn.Kernel.Files;
using Microsoft.Extensions.Logging;

namespace Cairn.Data.Views;

/// <summary>
/// The tree <c>gcs-view/bucket/object</c>. Each refresh looks the live object up under the name's lock and makes the file be that, so
/// whatever the order in which commits get here, the last refresh leaves what was committed last. Where <c>a</c> and <c>a/b</c> both exist,
/// <c>a</c> is a folder.
/// </summary>
public sealed partial class BucketView(IDatabase database, IBlobStore blobs, string root, ILogger<BucketView> logger) : IBucketView
{
    // Folders come and go with the objects in them, so the unit of exclusion is the bucket's first folder; names hash to a fixed set of
    // locks.
    private readonly SemaphoreSlim[] _locks = [.. Enumerable.Range(0, 64).Select(_ => new SemaphoreSlim(1))];

    private readonly bool _enabled = blobs.LocalPath(new string('0', BlobId.Length)) is not null && !OperatingSystem.IsWindows();

    public string? Directory(string bucket)
    {
        if (!_enabled || !PathGate.IsRepresentable(bucket))
        {
            return null;
        }

        var directory = PathGate.Join(root, bucket);
        return System.IO.Directory.Exists(directory) ? directory : null;
    }

    /// <summary>Makes the folder of a new bucket, or removes that of a deleted one.</summary>
    public async Task RefreshBucketAsync(string bucket, CancellationToken cancellation = default)
    {
        if (!_enabled)
        {
            return;
        }

        var exists = await database.ReadAsync(session => BucketTable.Find(session, bucket) is not null, cancellation);
        var directory = PathGate.Join(root, bucket);
        if (exists)
        {
            System.IO.Directory.CreateDirectory(directory);
        }
        else if (System.IO.Directory.Exists(directory))
        {
            System.IO.Directory.Delete(directory, recursive: true);
        }
    }

    /// <summary>
    /// Makes the file of one name be the live object, or be absent. A failure is logged: the view may lag, the store is right.
    /// </summary>
    public async Task RefreshAsync(string bucket, string name, CancellationToken cancellation = default)
    {
        if (!_enabled || !PathGate.IsRepresentable(name))
        {
            return;
        }

        var gate = _locks[(uint)HashCode.Combine(bucket, name.Split('/', 2)[0]) % (uint)_locks.Length];
        await gate.WaitAsync(cancellation);
        try
        {
            await ApplyAsync(bucket, name, cancellation);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or Kernel.Errors.StatusException)
        {
            Log.Lagging(logger, bucket, name, error);
        }
        finally
        {
            gate.Release();
        }
    }

    private async Task ApplyAsync(string bucket, string name, CancellationToken cancellation)
    {
        var (found, live, below) = await database.ReadAsync(
            session =>
                (
                    BucketTable.Find(session, bucket) is not null,
                    ObjectTable.FindLive(session, bucket, name),
                    !name.EndsWith('/') && ObjectTable.AnyLiveBelow(session, bucket, name + "/")
                ),
            cancellation
        );
        if (!found)
        {
            return;
        }

        var top = PathGate.Join(root, bucket);
        System.IO.Directory.CreateDirectory(top);
        var path = PathGate.Join(top, name);
        if (live is null)
        {
            await RemoveAsync(bucket, top, name.TrimEnd('/'), cancellation);
        }
        else if (name.EndsWith('/'))
        {
            BucketTree.MakeFolder(top, path);
        }
        else if (!below)
        {
            BucketTree.MakeFolder(top, Path.GetDirectoryName(path)!);
            Place(live, path);
        }
    }

    // What becomes empty goes too, up to the bucket; a folder that went may have hidden an object of its name.
    private async Task RemoveAsync(string bucket, string top, string name, CancellationToken cancellation)
    {
        while (name.Length > 0)
        {
            var current = name;
            var (live, below) = await database.ReadAsync(
                session => (ObjectTable.FindLive(session, bucket, current), ObjectTable.AnyLiveBelow(session, bucket, current + "/")),
                cancellation
            );
            var path = PathGate.Join(top, current);
            if (below || !BucketTree.Delete(path))
            {
                return;
            }

            if (live is not null)
            {
                Place(live, path);
                return;
            }

            name = name.LastIndexOf('/') is var slash and > 0 ? name[..slash] : "";
        }
    }

    private void Place(ObjectRecord live, string path) =>
        BucketTree.Place(blobs.LocalPath(live.Content.Blob)!, path, Path.Combine(root, $".{Guid.NewGuid():n}"));

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The file of gs://{Bucket}/{Name} under the bucket's folder could not be brought up to date.")]
        public static partial void Lagging(ILogger logger, string bucket, string name, Exception error);
    }
}
