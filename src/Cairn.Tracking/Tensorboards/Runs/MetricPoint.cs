namespace Cairn.Tracking.Tensorboards.Runs;

/// <summary>A point of a metric's history.</summary>
/// <param name="Time">Microseconds since 1970.</param>
internal readonly record struct MetricPoint(long Step, long Time, double Value);
