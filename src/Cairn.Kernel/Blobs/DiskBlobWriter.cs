using System.Buffers;
using Cairn.Kernel.Files;
using Microsoft.Win32.SafeHandles;

namespace Cairn.Kernel.Blobs;

/// <summary>One blob on its way to disk: sequential writes of a whole buffer each, then fsync, rename, fsync of the directory.</summary>
internal sealed class DiskBlobWriter : IBlobWriter
{
    private const int BufferSize = 512 * 1024;

    // The disk begins with what is written while the rest arrives, so that the commit waits for little.
    private const int WriteBehind = 8 << 20;

    private readonly string temporary;
    private readonly ShardFolders shards;
    private readonly SafeFileHandle file;
    private byte[]? buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
    private int buffered;
    private long written;
    private long begun;
    private bool committed;

    public DiskBlobWriter(string id, string temporary, ShardFolders shards)
    {
        Id = id;
        this.temporary = temporary;
        this.shards = shards;
        file = File.OpenHandle(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.Read, FileOptions.Asynchronous);
    }

    public string Id { get; }

    public long Length => written + buffered;

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation = default)
    {
        ObjectDisposedException.ThrowIf(buffer is null, this);
        if (buffered == 0 && bytes.Length >= buffer.Length)
        {
            await WriteThroughAsync(bytes, cancellation).ConfigureAwait(false);
            return;
        }

        while (bytes.Length > 0)
        {
            var part = Math.Min(bytes.Length, buffer.Length - buffered);
            bytes.Span[..part].CopyTo(buffer.AsSpan(buffered));
            buffered += part;
            bytes = bytes[part..];
            if (buffered == buffer.Length)
            {
                await FlushAsync(cancellation).ConfigureAwait(false);
            }
        }
    }

    public async Task CommitAsync(CancellationToken cancellation = default)
    {
        await FlushAsync(cancellation).ConfigureAwait(false);
        await Task.Run(Publish, cancellation).ConfigureAwait(false);
    }

    public ValueTask DisposeAsync()
    {
        if (buffer is { } pooled)
        {
            buffer = null;
            ArrayPool<byte>.Shared.Return(pooled);
            file.Dispose();
            if (!committed)
            {
                File.Delete(temporary);
            }
        }

        return ValueTask.CompletedTask;
    }

    private async ValueTask FlushAsync(CancellationToken cancellation)
    {
        if (buffered > 0)
        {
            var count = buffered;
            buffered = 0;
            await WriteThroughAsync(buffer.AsMemory(0, count), cancellation).ConfigureAwait(false);
        }
    }

    private async ValueTask WriteThroughAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        await RandomAccess.WriteAsync(file, bytes, written, cancellation).ConfigureAwait(false);
        written += bytes.Length;
        if (written - begun >= WriteBehind)
        {
            FileSync.Begin(file, begun, written - begun);
            begun = written;
        }
    }

    private void Publish()
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        }

        RandomAccess.FlushToDisk(file);
        file.Dispose();
        var shard = shards.Require(Id);
        File.Move(temporary, Path.Combine(shard, Id));
        committed = true;
        DirectorySync.Flush(shard);
    }
}
