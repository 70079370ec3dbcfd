using Cairn.Kernel.Blobs;
using Cairn.Kernel.Checksums;

namespace Cairn.Tracking.Metrics.Cold;

/// <summary>Writes the segment of one run to a column file, one metric after the other in the order of their numbers.</summary>
internal sealed class SegmentWriter(IBlobWriter file)
{
    private readonly List<ChunkEntry> _entries = [];
    private readonly long _start = file.Length;

    /// <param name="points">In order, each once.</param>
    public async Task AddAsync(long key, List<MetricPoint> points, CancellationToken cancellation)
    {
        for (var from = 0; from < points.Count; from += ColumnChunk.MaxPoints)
        {
            var chunk = ColumnChunk.Write(
                System
                    .Runtime.InteropServices.CollectionsMarshal.AsSpan(points)
                    .Slice(from, Math.Min(ColumnChunk.MaxPoints, points.Count - from))
            );
            _entries.Add(new ChunkEntry(key, file.Length - _start, chunk.Length, MaskedCrc.Of(chunk)));
            await file.WriteAsync(chunk, cancellation);
        }
    }

    /// <summary>Writes the directory; returns where the segment is. It can be read once the file has been committed.</summary>
    public async Task<MetricSegment> EndAsync(long run, long level, CancellationToken cancellation)
    {
        var directory = ChunkEntry.Write(_entries);
        await file.WriteAsync(directory, cancellation);
        return new MetricSegment(0, run, level, file.Id, _start, file.Length - _start, directory.Length);
    }
}
