using System.Buffers;
using Cairn.Data.Checksums;
using Cairn.Data.Objects;
using Cairn.Kernel.Blobs;

namespace Cairn.Datasets.Exports;

/// <summary>Writes one set's rows into blobs of about <paramref name="shardBytes"/> each, in bounded memory. There is always at least one, be it empty.</summary>
/// <param name="export">Which export the blobs are staged for.</param>
/// <param name="blobs">Where to.</param>
/// <param name="staged">Keeps account of them.</param>
/// <param name="shardBytes">When a shard is closed.</param>
internal sealed class ShardWriter(string export, IBlobStore blobs, StagedBlobs staged, long shardBytes) : IAsyncDisposable
{
    private const int FlushAt = 256 * 1024;

    private readonly ArrayBufferWriter<byte> buffer = new(FlushAt + 4096);
    private readonly List<Content> shards = [];
    private IBlobWriter? writer;
    private ObjectHashes? hashes;

    /// <summary>What every shard begins with; set before the first row.</summary>
    public ReadOnlyMemory<byte> Header { get; set; }

    /// <summary>Rows so far.</summary>
    public long Rows { get; private set; }

    /// <summary>Whether <see cref="FlushAsync"/> should come before the next row.</summary>
    public bool IsFull => buffer.WrittenCount >= FlushAt;

    /// <summary>Takes a row, without its line end.</summary>
    public void Append(ReadOnlySpan<byte> row)
    {
        var into = buffer.GetSpan(row.Length + 1);
        row.CopyTo(into);
        into[row.Length] = (byte)'\n';
        buffer.Advance(row.Length + 1);
        Rows++;
    }

    public async ValueTask FlushAsync(CancellationToken cancellation)
    {
        if (writer is null)
        {
            writer = await blobs.CreateAsync(cancellation).ConfigureAwait(false);
            hashes = new ObjectHashes();
            await WriteAsync(Header, cancellation).ConfigureAwait(false);
        }

        await WriteAsync(buffer.WrittenMemory, cancellation).ConfigureAwait(false);
        buffer.ResetWrittenCount();
        if (writer.Length >= shardBytes)
        {
            await CloseAsync(cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>The shards, all of them durable.</summary>
    public async Task<IReadOnlyList<Content>> CompleteAsync(CancellationToken cancellation)
    {
        if (buffer.WrittenCount > 0 || (writer is null && shards.Count == 0))
        {
            await FlushAsync(cancellation).ConfigureAwait(false);
        }

        await CloseAsync(cancellation).ConfigureAwait(false);
        return shards;
    }

    public async ValueTask DisposeAsync()
    {
        hashes?.Dispose();
        if (writer is not null)
        {
            await writer.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        if (bytes.Length > 0)
        {
            hashes!.Append(bytes.Span);
            await writer!.WriteAsync(bytes, cancellation).ConfigureAwait(false);
        }
    }

    private async ValueTask CloseAsync(CancellationToken cancellation)
    {
        if (writer is null)
        {
            return;
        }

        // Accounted for before it exists, so that it is never without an owner.
        await staged.AddAsync(export, writer.Id, cancellation).ConfigureAwait(false);
        await writer.CommitAsync(cancellation).ConfigureAwait(false);
        shards.Add(new Content(writer.Id, writer.Length, hashes!.Crc32C, hashes.Md5()));
        await writer.DisposeAsync().ConfigureAwait(false);
        hashes.Dispose();
        (writer, hashes) = (null, null);
    }
}
