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

    private readonly string _temporary;
    private readonly ShardFolders _shards;
    private readonly SafeFileHandle _file;
    private byte[]? _buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
    private int _buffered;
    private long _written;
    private long _begun;
    private bool _committed;

    public DiskBlobWriter(string id, string temporary, ShardFolders shards)
    {
        Id = id;
        _temporary = temporary;
        _shards = shards;
        _file = File.OpenHandle(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.Read, FileOptions.Asynchronous);
    }

    public string Id { get; }

    public long Length => _written + _buffered;

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation = default)
    {
        ObjectDisposedException.ThrowIf(_buffer is null, this);
        if (_buffered == 0 && bytes.Length >= _buffer.Length)
        {
            await WriteThroughAsync(bytes, cancellation);
            return;
        }

        while (bytes.Length > 0)
        {
            var part = Math.Min(bytes.Length, _buffer.Length - _buffered);
            bytes.Span[..part].CopyTo(_buffer.AsSpan(_buffered));
            _buffered += part;
            bytes = bytes[part..];
            if (_buffered == _buffer.Length)
            {
                await FlushAsync(cancellation);
            }
        }
    }

    public async Task CommitAsync(CancellationToken cancellation = default)
    {
        await FlushAsync(cancellation);
        await Task.Run(Publish, cancellation);
    }

    public ValueTask DisposeAsync()
    {
        if (_buffer is { } pooled)
        {
            _buffer = null;
            ArrayPool<byte>.Shared.Return(pooled);
            _file.Dispose();
            if (!_committed)
            {
                File.Delete(_temporary);
            }
        }

        return ValueTask.CompletedTask;
    }

    private async ValueTask FlushAsync(CancellationToken cancellation)
    {
        if (_buffered > 0)
        {
            var count = _buffered;
            _buffered = 0;
            await WriteThroughAsync(_buffer.AsMemory(0, count), cancellation);
        }
    }

    private async ValueTask WriteThroughAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        await RandomAccess.WriteAsync(_file, bytes, _written, cancellation);
        _written += bytes.Length;
        if (_written - _begun >= WriteBehind)
        {
            FileSync.Begin(_file, _begun, _written - _begun);
            _begun = _written;
        }
    }

    private void Publish()
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_file, UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        }

        RandomAccess.FlushToDisk(_file);
        _file.Dispose();
        var shard = _shards.Require(Id);
        try
        {
            File.Move(_temporary, Path.Combine(shard, Id));
        }
        catch (DirectoryNotFoundException)
        {
            shard = _shards.Renew(Id);
            File.Move(_temporary, Path.Combine(shard, Id));
        }

        _committed = true;
        DirectorySync.Flush(shard);
    }
}
