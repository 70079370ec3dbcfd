namespace Cairn.Tracking.Metrics;

/// <summary>A point to log: the number of the metric's name (<see cref="MetricKeys"/>) and its value.</summary>
public readonly record struct LoggedPoint(long Key, MetricPoint Point);
