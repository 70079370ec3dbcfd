using System.Runtime.CompilerServices;
using Cairn.Kernel.Files;
using Cairn.Kernel.Time;

namespace Cairn.Kernel.Blobs;

/// <summary>
/// Blobs as plain read-only files <c>ab/abcdef…</c> below one directory. A blob is written to <c>tmp/</c>, synchronised, renamed, and the
/// directory synchronised, so a file under its final name is always whole. Files are never modified afterwards: other names may be linked
/// to them. A directory <c>ab</c> comes into being with its first blob.
/// </summary>
public sealed class DiskBlobStore : IBlobStore
{
    // A writer that has been silent for this long belongs to a process that is gone.
    private static readonly TimeSpan Abandoned = TimeSpan.FromDays(1);

    private readonly string _root;
    private readonly string _temporary;
    private readonly ShardFolders _shards;
    private readonly IIdSource _ids;
    private readonly TimeProvider _time;

    /// <param name="directory">Made where it does not exist. Must be one file system.</param>
    public DiskBlobStore(string directory, IIdSource ids, TimeProvider time)
    {
        _root = Path.GetFullPath(directory);
        _temporary = Path.Combine(_root, "tmp");
        _ids = ids;
        _time = time;

        Directory.CreateDirectory(_temporary);
        _shards = new ShardFolders(_root);
        DirectorySync.Flush(_root);
    }

    public Task<IBlobWriter> CreateAsync(CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        var id = _ids.NextHex();
        return Task.FromResult<IBlobWriter>(new DiskBlobWriter(id, Path.Combine(_temporary, id), _shards));
    }

    public Task<Stream> OpenAsync(string id, long offset = 0, long? length = null, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        FileStream file;
        try
        {
            file = new FileStream(
                PathOf(BlobId.Require(id)),
                new FileStreamOptions
                {
                    Mode = FileMode.Open,
                    Access = FileAccess.Read,
                    Share = FileShare.Read | FileShare.Delete,
                    BufferSize = 0,
                    Options = FileOptions.Asynchronous,
                }
            );
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw BlobId.Missing(id);
        }

        file.Seek(offset, SeekOrigin.Begin);
        return Task.FromResult<Stream>(length is { } limit ? new BoundedStream(file, limit) : file);
    }

    public Task DeleteAsync(string id, CancellationToken cancellation = default)
    {
        // Not synchronised: a blob that comes back after a crash is garbage, and is collected.
        if (BlobId.IsValid(id) && File.Exists(PathOf(id)))
        {
            File.Delete(PathOf(id));
        }

        return Task.CompletedTask;
    }

    public async IAsyncEnumerable<(string Id, DateTimeOffset Modified)> ListAsync(
        [EnumeratorCancellation] CancellationToken cancellation = default
    )
    {
        DeleteAbandoned();
        foreach (var shard in _shards.Existing)
        {
            // Enumerating blocks on the disk; one shard at a time keeps the pool's thread free in between.
            await Task.Yield();
            foreach (var file in shard.EnumerateFiles())
            {
                cancellation.ThrowIfCancellationRequested();
                if (BlobId.IsValid(file.Name))
                {
                    yield return (file.Name, new DateTimeOffset(file.LastWriteTimeUtc, TimeSpan.Zero));
                }
            }
        }
    }

    public string? LocalPath(string id) => BlobId.IsValid(id) ? PathOf(id) : null;

    private string PathOf(string id) => Path.Combine(_root, id[..2], id);

    private void DeleteAbandoned()
    {
        var limit = _time.GetUtcNow() - Abandoned;
        foreach (var file in new DirectoryInfo(_temporary).EnumerateFiles())
        {
            if (file.LastWriteTimeUtc < limit.UtcDateTime)
            {
                file.Delete();
            }
        }
    }
}
