using Cairn.Kernel.Blobs;
using Cairn.Tracking.Events;

namespace Cairn.Tracking.Metrics.Cold;

/// <summary>Writes the segment of one run to a column file, one metric after the other in the order of their numbers.</summary>
internal sealed class SegmentWriter(IBlobWriter file)
{
    private readonly List<ChunkEntry> entries = [];
    private readonly long start = file.Length;

    /// <param name="points">In order, each once.</param>
    public async Task AddAsync(long key, List<MetricPoint> points, CancellationToken cancellation)
    {
        for (var from = 0; from < points.Count; from += ColumnChunk.MaxPoints)
        {
            var chunk = ColumnChunk.Write(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(points).Slice(from, Math.Min(ColumnChunk.MaxPoints, points.Count - from)));
            entries.Add(new ChunkEntry(key, file.Length - start, chunk.Length, MaskedCrc.Of(chunk)));
            await file.WriteAsync(chunk, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Writes the directory; returns where the segment is. It can be read once the file has been committed.</summary>
    public async Task<MetricSegment> EndAsync(long run, long level, CancellationToken cancellation)
    {
        var directory = ChunkEntry.Write(entries);
        await file.WriteAsync(directory, cancellation).ConfigureAwait(false);
        return new MetricSegment(0, run, level, file.Id, start, file.Length - start, directory.Length);
    }
}
