using Cairn.Tensorboards.Points;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Tensorboards.Service;

/// <summary>A series as it is shown.</summary>
/// <param name="Metric">The metric behind a scalar series, where it has points.</param>
internal sealed record ShownSeries(ShownRun Run, SeriesRow Row, MetricSeries? Metric, TensorboardTimeSeries View);
