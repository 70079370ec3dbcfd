using Cairn.Tracking.Runs;

namespace Cairn.Tracking.Search;

/// <summary>A page of experiments with their tags.</summary>
public sealed record ExperimentPage(
    IReadOnlyList<Experiment> Experiments,
    ILookup<long, KeyValuePair<string, string>> Tags,
    string NextPageToken
);
