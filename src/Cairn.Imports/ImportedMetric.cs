namespace Cairn.Imports;

/// <summary>A metric's history. The points are read while they are asked for.</summary>
public sealed record ImportedMetric(string Name, IEnumerable<ImportedPoint> Points);

/// <param name="TimeMicros">Microseconds since 1970.</param>
public readonly record struct ImportedPoint(long Step, long TimeMicros, double Value);
