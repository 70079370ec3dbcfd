using Cairn.Tracking.Metrics;

namespace Cairn.Tracking.Runs;

/// <summary>What a run has logged, each list in the order of its keys.</summary>
/// <param name="Params">Parameters.</param>
/// <param name="Tags">Tags.</param>
/// <param name="Metrics">The latest point of every metric.</param>
public sealed record RunData(
    IReadOnlyList<Param> Params,
    IReadOnlyList<KeyValuePair<string, string>> Tags,
    IReadOnlyList<LatestMetric> Metrics
)
{
    public static RunData Empty { get; } = new([], [], []);
}
