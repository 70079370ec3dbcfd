using System.Collections.Concurrent;
using Cairn.Data;
using Cairn.Jobs.Interop;
using Cairn.Jobs.Tasks;
using Google.Cloud.Logging.Type;
using Google.Rpc;

namespace Cairn.Jobs.Agent;

/// <summary>
/// Publishes what a task writes below <c>/gcs</c> as objects: files that have come to rest while it runs, and everything at its end. What it deleted is
/// deleted at the end.
/// </summary>
internal sealed class BucketUploader(TaskContext context, ObjectClient objects, TimeProvider time)
{
    private static readonly TimeSpan ScanInterval = TimeSpan.FromSeconds(2);

    /// <summary>A file that is written to all the time is published this often.</summary>
    private static readonly TimeSpan LongestUnpublished = TimeSpan.FromSeconds(60);

    private readonly Dictionary<string, string?> views = context.Record.Buckets.ToDictionary(mount => mount.Bucket, mount => mount.View);
    private readonly ConcurrentDictionary<string, (FileStatus Status, DateTimeOffset When)> published = new();
    private readonly ConcurrentDictionary<string, bool> skipped = new();
    private Dictionary<string, FileStatus> lastScan = [];

    /// <summary>Publishes files at rest until cancelled. Failures are left to <see cref="CompleteAsync"/>.</summary>
    public async Task FollowAsync(CancellationToken cancellation)
    {
        while (true)
        {
            await Task.Delay(ScanInterval, time, cancellation);
            var scan = new Dictionary<string, FileStatus>();
            foreach (var change in Scan().Where(change => change.Status.Kind == FileKind.File))
            {
                scan[change.Path] = change.Status;
                var atRest = lastScan.TryGetValue(change.Path, out var before) && before == change.Status;
                var overdue = published.TryGetValue(change.Path, out var last) && time.GetUtcNow() - last.When > LongestUnpublished;
                if ((atRest || overdue) && last.Status != change.Status)
                {
                    await TryPublishAsync(change, cancellation);
                }
            }

            lastScan = scan;
        }
    }

    /// <summary>Publishes all that is not yet, and deletes what was deleted. Call it when no process of the task is left.</summary>
    /// <exception cref="TaskFailure">The server refused something.</exception>
    public async Task CompleteAsync(CancellationToken cancellation)
    {
        var files = new List<Change>();
        foreach (var change in Scan())
        {
            switch (change.Status.Kind)
            {
                case FileKind.File:
                    files.Add(change);
                    break;
                case FileKind.Whiteout:
                    await DeleteBelowAsync(change, keep: null, cancellation);
                    break;
                case FileKind.Folder when FileStatus.IsOpaque(change.Path):
                    await DeleteBelowAsync(change, keep: change.Path, cancellation);
                    break;
                case FileKind.Link or FileKind.Other:
                    Skip(change, "it is a link or a special file, which an object cannot be");
                    break;
            }
        }

        var options = new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = cancellation };
        await Parallel.ForEachAsync(files, options, async (change, stop) => await PublishAsync(change, stop));
    }

    private async Task TryPublishAsync(Change change, CancellationToken cancellation)
    {
        try
        {
            await PublishAsync(change, cancellation);
        }
        catch (Exception e) when (e is TaskFailure or IOException or UnauthorizedAccessException)
        {
            // It may be gone or be written anew; the end decides.
        }
    }

    private async Task PublishAsync(Change change, CancellationToken cancellation)
    {
        if (published.TryGetValue(change.Path, out var last) && last.Status == change.Status)
        {
            return;
        }

        if (change.Name.Contains('\uFFFD', StringComparison.Ordinal) || change.Name.Length > 1024)
        {
            Skip(change, "its name is no UTF-8 or longer than 1,024 bytes");
            return;
        }

        if (!IsUnchanged(change))
        {
            await objects.UploadAsync(new GsUri(change.Bucket, change.Name), change.Path, cancellation);
        }

        published[change.Path] = (change.Status, time.GetUtcNow());
    }

    /// <summary>A file that was opened for writing is copied up even where nothing is written to it.</summary>
    private bool IsUnchanged(Change change)
    {
        if (views.GetValueOrDefault(change.Bucket) is not { } view || FileStatus.Of(Path.Combine(view, change.Name)) is not { Kind: FileKind.File } lower || lower.Size != change.Status.Size)
        {
            return false;
        }

        using var one = File.OpenRead(change.Path);
        using var other = File.OpenRead(Path.Combine(view, change.Name));
        Span<byte> left = new byte[64 << 10];
        Span<byte> right = new byte[64 << 10];
        while (true)
        {
            var count = one.ReadAtLeast(left, left.Length, throwOnEndOfStream: false);
            if (other.ReadAtLeast(right, right.Length, throwOnEndOfStream: false) != count || !left[..count].SequenceEqual(right[..count]))
            {
                return false;
            }

            if (count < left.Length)
            {
                return true;
            }
        }
    }

    /// <summary>Deletes the object of a name, or all below it, that the task saw when it deleted them.</summary>
    private async Task DeleteBelowAsync(Change change, string? keep, CancellationToken cancellation)
    {
        if (views.GetValueOrDefault(change.Bucket) is not { } view)
        {
            return;
        }

        var lower = Path.Combine(view, change.Name);
        List<string> names = FileStatus.Of(lower)?.Kind switch
        {
            FileKind.File => [change.Name],
            FileKind.Folder => [.. Directory.EnumerateFiles(lower, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(view, file))],
            _ => [],
        };
        foreach (var name in names)
        {
            if (keep is null || !File.Exists(Path.Combine(keep, Path.GetRelativePath(lower, Path.Combine(view, name)))))
            {
                await objects.DeleteAsync(new GsUri(change.Bucket, name), cancellation);
            }
        }
    }

    private void Skip(Change change, string why)
    {
        if (skipped.TryAdd(change.Path, true))
        {
            context.Log.Say($"/gcs/{change.Bucket}/{change.Name} is not kept: {why}.", LogSeverity.Warning);
        }
    }

    /// <summary>All that stands in the upper layers; and in folders that the task made directly below <c>/gcs</c>, for buckets it did not see.</summary>
    private IEnumerable<Change> Scan()
    {
        foreach (var top in (string[])[context.Upper, context.Merged])
        {
            foreach (var bucket in Directory.Exists(top) ? Directory.GetDirectories(top) : [])
            {
                foreach (var change in Scan(Path.GetFileName(bucket), bucket, ""))
                {
                    yield return change;
                }
            }
        }
    }

    private static IEnumerable<Change> Scan(string bucket, string folder, string prefix)
    {
        string[] entries;
        try
        {
            entries = Directory.GetFileSystemEntries(folder);
        }
        catch (DirectoryNotFoundException)
        {
            yield break;
        }

        Array.Sort(entries, StringComparer.Ordinal);
        foreach (var path in entries)
        {
            if (FileStatus.Of(path) is not { } status)
            {
                continue;
            }

            var change = new Change(bucket, prefix + Path.GetFileName(path), path, status);
            yield return change;
            if (status.Kind == FileKind.Folder)
            {
                foreach (var below in Scan(bucket, path, change.Name + "/"))
                {
                    yield return below;
                }
            }
        }
    }

    private sealed record Change(string Bucket, string Name, string Path, FileStatus Status);
}
