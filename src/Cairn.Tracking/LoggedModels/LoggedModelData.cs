namespace Cairn.Tracking.LoggedModels;

/// <summary>What is known of a logged model, each list in the order of its names.</summary>
public sealed record LoggedModelData(
    IReadOnlyList<KeyValuePair<string, string>> Params,
    IReadOnlyList<KeyValuePair<string, string>> Tags,
    IReadOnlyList<LoggedModelMetric> Metrics
);
