using Cairn.Tracking.Runs;

namespace Cairn.Tracking.Search;

/// <summary>A page of runs with what they logged.</summary>
/// <param name="Runs">The runs, in order.</param>
/// <param name="Data">By the run's row id.</param>
/// <param name="NextPageToken">Empty on the last page.</param>
public sealed record RunPage(IReadOnlyList<Run> Runs, IReadOnlyDictionary<long, RunData> Data, string NextPageToken);
