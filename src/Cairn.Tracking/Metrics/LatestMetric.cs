namespace Cairn.Tracking.Metrics;

/// <summary>A metric of a run with its latest point.</summary>
/// <param name="Key">The number of its name, which is TensorBoard's time series id.</param>
/// <param name="Name">Its name.</param>
/// <param name="Point">The point with the greatest step, time and value.</param>
public readonly record struct LatestMetric(long Key, string Name, MetricPoint Point);
