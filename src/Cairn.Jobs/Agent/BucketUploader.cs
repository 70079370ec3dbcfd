using System.Collections.Concurrent;
using Cairn.Data;
using Google.Cloud.Logging.Type;

namespace Cairn.Jobs.Agent;

/// <summary>
/// Publishes what a task writes below <c>/gcs</c> as objects: files that have come to rest while it runs, and everything at its end. What
/// it deleted is deleted at the end. The folders are the task's, which may put anything there at any moment: they are read through
/// <see cref="UntrustedFolder"/> only.
/// </summary>
internal sealed class BucketUploader(TaskContext context, ObjectClient objects, TimeProvider time)
{
    private static readonly TimeSpan ScanInterval = TimeSpan.FromSeconds(2);

    /// <summary>A file that is written to all the time is published this often.</summary>
    private static readonly TimeSpan LongestUnpublished = TimeSpan.FromSeconds(60);

    private readonly Dictionary<string, string?> _views = context.Record.Buckets.ToDictionary(mount => mount.Bucket, mount => mount.View);
    private readonly ConcurrentDictionary<string, (FileStatus Status, DateTimeOffset When)> _published = new();
    private readonly ConcurrentDictionary<string, bool> _skipped = new();
    private Dictionary<string, FileStatus> _lastScan = [];

    /// <summary>Publishes files at rest until cancelled. Failures are left to <see cref="CompleteAsync"/>.</summary>
    public async Task FollowAsync(CancellationToken cancellation)
    {
        while (true)
        {
            await Task.Delay(ScanInterval, time, cancellation);
            var scan = new Dictionary<string, FileStatus>();
            foreach (var change in Scan().Where(change => change.Status.Kind == FileKind.File))
            {
                scan[change.Key] = change.Status;
                var atRest = _lastScan.TryGetValue(change.Key, out var before) && before == change.Status;
                var overdue = _published.TryGetValue(change.Key, out var last) && time.GetUtcNow() - last.When > LongestUnpublished;
                if ((atRest || overdue) && last.Status != change.Status)
                {
                    await TryPublishAsync(change, cancellation);
                }
            }

            _lastScan = scan;
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
                    await DeleteBelowAsync(change, keep: false, cancellation);
                    break;
                case FileKind.Folder when IsOpaque(change):
                    await DeleteBelowAsync(change, keep: true, cancellation);
                    break;
                case FileKind.Link or FileKind.Other:
                    Skip(change, "it is a link or a special file, which an object cannot be");
                    break;
            }
        }

        var options = new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = cancellation };
        await Parallel.ForEachAsync(
            files,
            options,
            async (change, stop) =>
            {
                try
                {
                    await PublishAsync(change, stop);
                }
                catch (FileNotFoundException)
                {
                    Skip(change, "it is another user's file");
                }
            }
        );
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
        if (_published.TryGetValue(change.Key, out var last) && last.Status == change.Status)
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
            await objects.UploadAsync(new GsUri(change.Bucket, change.Name), () => Read(change), cancellation);
        }

        _published[change.Key] = (change.Status, time.GetUtcNow());
    }

    /// <summary>A file that was opened for writing is copied up even where nothing is written to it.</summary>
    private bool IsUnchanged(Change change)
    {
        if (
            _views.GetValueOrDefault(change.Bucket) is not { } view
            || FileStatus.Of(Path.Combine(view, change.Name)) is not { Kind: FileKind.File } lower
            || lower.Size != change.Status.Size
        )
        {
            return false;
        }

        using var one = Read(change);
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
    /// <param name="change">The name.</param>
    /// <param name="keep">Whether those stay for which a new file stands there.</param>
    private async Task DeleteBelowAsync(Change change, bool keep, CancellationToken cancellation)
    {
        if (_views.GetValueOrDefault(change.Bucket) is not { } view)
        {
            return;
        }

        var lower = Path.Combine(view, change.Name);
        List<string> names = FileStatus.Of(lower)?.Kind switch
        {
            FileKind.File => [change.Name],
            FileKind.Folder =>
            [
                .. Directory.EnumerateFiles(lower, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(view, file)),
            ],
            _ => [],
        };
        using var top = UntrustedFolder.Open(change.Top);
        foreach (var name in names)
        {
            if (!keep || top?.Status($"{change.Bucket}/{name}") is not { Kind: FileKind.File })
            {
                await objects.DeleteAsync(new GsUri(change.Bucket, name), cancellation);
            }
        }
    }

    private void Skip(Change change, string why)
    {
        if (_skipped.TryAdd(change.Key, true))
        {
            context.Log.Say($"/gcs/{change.Bucket}/{change.Name} is not kept: {why}.", LogSeverity.Warning);
        }
    }

    private static bool IsOpaque(Change change)
    {
        using var top = UntrustedFolder.Open(change.Top);
        return top?.IsOpaque(change.Path) == true;
    }

    /// <exception cref="FileNotFoundException">There is no such file any more, or what stands there may not be read.</exception>
    private static FileStream Read(Change change)
    {
        using var top = UntrustedFolder.Open(change.Top);
        return top?.Read(change.Path) ?? throw new FileNotFoundException("The task has taken the file away.", change.Key);
    }

    /// <summary>
    /// All that stands in the upper layers; and in folders that the task made directly below <c>/gcs</c>, for buckets it did not see.
    /// </summary>
    private IEnumerable<Change> Scan()
    {
        foreach (var path in (string[])[context.Upper, context.Merged])
        {
            using var top = UntrustedFolder.Open(path);
            foreach (var bucket in top?.Names() ?? [])
            {
                if (top!.Status(bucket) is { Kind: FileKind.Folder })
                {
                    foreach (var change in Scan(top, path, bucket))
                    {
                        yield return change;
                    }
                }
            }
        }
    }

    /// <summary>A folder comes before what is in it; how deep folders lie in each other is the task's to say.</summary>
    private static IEnumerable<Change> Scan(UntrustedFolder top, string path, string bucket)
    {
        var open = new Stack<string>([""]);
        while (open.TryPop(out var folder))
        {
            foreach (var entry in top.Names((bucket + "/" + folder).TrimEnd('/')))
            {
                var name = folder.Length == 0 ? entry : folder + "/" + entry;
                if (top.Status(bucket + "/" + name) is not { } status)
                {
                    continue;
                }

                yield return new Change(path, bucket, name, status);
                if (status.Kind == FileKind.Folder)
                {
                    open.Push(name);
                }
            }
        }
    }

    /// <param name="Top">The folder of the layer.</param>
    /// <param name="Bucket">The bucket, which is a folder there.</param>
    /// <param name="Name">The object's name: the path in the bucket.</param>
    private sealed record Change(string Top, string Bucket, string Name, FileStatus Status)
    {
        /// <summary>The path in the layer.</summary>
        public string Path => $"{Bucket}/{Name}";

        public string Key => $"{Top}/{Path}";
    }
}
