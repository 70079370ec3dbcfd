using Google.Cloud.AIPlatform.V1;

namespace Cairn.Tensorboards.Points;

/// <summary>How a series of a run is shown. Times are microseconds since 1970.</summary>
/// <param name="Run">The run's internal id.</param>
/// <param name="Series">The interned key of the series, which for scalars is the metric's.</param>
/// <param name="Id">What its resource name ends with.</param>
/// <param name="MaxStep">Of tensors and blobs; scalars' are the metric's.</param>
/// <param name="Hidden">Whether it was deleted while the run's metric stays.</param>
public sealed record SeriesRow(
    long Run,
    long Series,
    string Id,
    string DisplayName,
    string Description,
    string PluginName,
    byte[] PluginData,
    TensorboardTimeSeries.Types.ValueType ValueType,
    long? MaxStep,
    long? MaxWall,
    long MaxBlobs,
    bool Hidden,
    long Created,
    long Updated
);
