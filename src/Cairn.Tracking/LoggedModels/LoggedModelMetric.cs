using Cairn.Tracking.Metrics;

namespace Cairn.Tracking.LoggedModels;

/// <summary>The latest value of a metric that a run measured of a model.</summary>
/// <param name="Name">The metric's name.</param>
/// <param name="Point">Its latest point.</param>
/// <param name="RunId">The run that measured it.</param>
/// <param name="DatasetName">The dataset it was measured on; empty where none was named.</param>
/// <param name="DatasetDigest">The dataset's digest; empty where none was named.</param>
public sealed record LoggedModelMetric(string Name, MetricPoint Point, string RunId, string DatasetName, string DatasetDigest);
