using System.Buffers;
using Cairn.Data.Checksums;
using Cairn.Data.Objects;
using Cairn.Kernel.Blobs;

namespace Cairn.Datasets.Exports;

/// <summary>
/// Writes one set's rows into blobs of about <paramref name="shardBytes"/> each, in bounded memory. There is always at least one, be it
/// empty.
/// </summary>
/// <param name="export">Which export the blobs are staged for.</param>
/// <param name="blobs">Where to.</param>
/// <param name="staged">Keeps account of them.</param>
/// <param name="shardBytes">When a shard is closed.</param>
internal sealed class ShardWriter(string export, IBlobStore blobs, StagedBlobs staged, long shardBytes) : IAsyncDisposable
{
    private const int FlushAt = 256 * 1024;

    private readonly ArrayBufferWriter<byte> _buffer = new(FlushAt + 4096);
    private readonly List<Content> _shards = [];
    private IBlobWriter? _writer;
    private ObjectHashes? _hashes;

    /// <summary>What every shard begins with; set before the first row.</summary>
    public ReadOnlyMemory<byte> Header { get; set; }

    /// <summary>Rows so far.</summary>
    public long Rows { get; private set; }

    /// <summary>Whether <see cref="FlushAsync"/> should come before the next row.</summary>
    public bool IsFull => _buffer.WrittenCount >= FlushAt;

    /// <summary>Takes a row, without its line end.</summary>
    public void Append(ReadOnlySpan<byte> row)
    {
        var into = _buffer.GetSpan(row.Length + 1);
        row.CopyTo(into);
        into[row.Length] = (byte)'\n';
        _buffer.Advance(row.Length + 1);
        Rows++;
    }

    public async ValueTask FlushAsync(CancellationToken cancellation)
    {
        if (_writer is null)
        {
            _writer = await blobs.CreateAsync(cancellation);
            _hashes = new ObjectHashes();
            await WriteAsync(Header, cancellation);
        }

        await WriteAsync(_buffer.WrittenMemory, cancellation);
        _buffer.ResetWrittenCount();
        if (_writer.Length >= shardBytes)
        {
            await CloseAsync(cancellation);
        }
    }

    /// <summary>The shards, all of them durable.</summary>
    public async Task<IReadOnlyList<Content>> CompleteAsync(CancellationToken cancellation)
    {
        if (_buffer.WrittenCount > 0 || (_writer is null && _shards.Count == 0))
        {
            await FlushAsync(cancellation);
        }

        await CloseAsync(cancellation);
        return _shards;
    }

    public async ValueTask DisposeAsync()
    {
        _hashes?.Dispose();
        if (_writer is not null)
        {
            await _writer.DisposeAsync();
        }
    }

    private async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        if (bytes.Length > 0)
        {
            _hashes!.Append(bytes.Span);
            await _writer!.WriteAsync(bytes, cancellation);
        }
    }

    private async ValueTask CloseAsync(CancellationToken cancellation)
    {
        if (_writer is null)
        {
            return;
        }

        // Accounted for before it exists, so that it is never without an owner.
        await staged.AddAsync(export, _writer.Id, cancellation);
        await _writer.CommitAsync(cancellation);
        _shards.Add(new Content(_writer.Id, _writer.Length, _hashes!.Crc32C, _hashes.Md5()));
        await _writer.DisposeAsync();
        _hashes.Dispose();
        (_writer, _hashes) = (null, null);
    }
}
