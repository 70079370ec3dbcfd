using Cairn.Kernel.Blobs;
using Cairn.Kernel.Checksums;

namespace Cairn.Tracking.Metrics.Cold;

/// <summary>Reads segments: a small one whole, of a large one its directory and then only the chunks that are asked for.</summary>
internal sealed class SegmentReader(IBlobStore blobs)
{
    private const int Small = 256 * 1024;

    public async Task<ChunkEntry[]> DirectoryAsync(MetricSegment segment, CancellationToken cancellation) =>
        ChunkEntry.Read(await BytesAsync(segment, segment.Length - segment.Directory, (int)segment.Directory, cancellation));

    /// <summary>Adds the points of the wanted metrics, or of all where that is null, to <paramref name="histories"/>.</summary>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    /// <exception cref="Kernel.Errors.StatusException">NOT_FOUND where the file has been replaced by another since its row was
    /// read.</exception>
    public async Task ReadAsync(
        MetricSegment segment,
        IReadOnlySet<long>? wanted,
        Dictionary<long, List<MetricPoint>> histories,
        CancellationToken cancellation
    )
    {
        if (segment.Length <= Small)
        {
            var bytes = await BytesAsync(segment, 0, (int)segment.Length, cancellation);
            foreach (
                var entry in ChunkEntry
                    .Read(bytes.AsSpan((int)(segment.Length - segment.Directory)))
                    .Where(entry => wanted?.Contains(entry.Key) ?? true)
            )
            {
                Decode(entry, bytes.AsSpan((int)entry.Start, entry.Length), Of(histories, entry.Key));
            }

            return;
        }

        foreach (var entry in (await DirectoryAsync(segment, cancellation)).Where(entry => wanted?.Contains(entry.Key) ?? true))
        {
            await ReadAsync(segment, entry, Of(histories, entry.Key), cancellation);
        }
    }

    public async Task ReadAsync(MetricSegment segment, ChunkEntry entry, List<MetricPoint> points, CancellationToken cancellation) =>
        Decode(entry, await BytesAsync(segment, entry.Start, entry.Length, cancellation), points);

    private static void Decode(ChunkEntry entry, ReadOnlySpan<byte> bytes, List<MetricPoint> points)
    {
        if (MaskedCrc.Of(bytes) != entry.Checksum)
        {
            throw new InvalidDataException(
                "A column file of metrics is damaged: a chunk does not have the checksum that it was written with."
            );
        }

        ColumnChunk.Read(bytes, points);
    }

    private static List<MetricPoint> Of(Dictionary<long, List<MetricPoint>> histories, long key)
    {
        if (!histories.TryGetValue(key, out var points))
        {
            histories[key] = points = [];
        }

        return points;
    }

    private async Task<byte[]> BytesAsync(MetricSegment segment, long from, int length, CancellationToken cancellation)
    {
        var bytes = new byte[length];
        var stream = await blobs.OpenAsync(segment.Blob, segment.Start + from, length, cancellation);
        await using (stream)
        {
            await stream.ReadExactlyAsync(bytes, cancellation);
        }

        return bytes;
    }
}
