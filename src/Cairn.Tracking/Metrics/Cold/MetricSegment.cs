namespace Cairn.Tracking.Metrics.Cold;

/// <summary>Where some of a run's points are: a part of a column file, chunks of its metrics followed by their directory.</summary>
/// <param name="Id">The row.</param>
/// <param name="Run">Whose points they are.</param>
/// <param name="Level">How often it was merged: 0 for what was made from blocks.</param>
/// <param name="Blob">The file; it may hold segments of other runs.</param>
/// <param name="Start">Where the segment begins in the file, in bytes.</param>
/// <param name="Length">Its bytes, directory included.</param>
/// <param name="Directory">The bytes of the directory, at the segment's end.</param>
internal sealed record MetricSegment(long Id, long Run, long Level, string Blob, long Start, long Length, long Directory);
