using Cairn.Tracking.Runs;

namespace Cairn.Tracking.Search;

/// <summary>A search of a location's experiments.</summary>
public sealed record ExperimentQuery(string Project, string Location)
{
    public const int MaxPage = 50_000;

    /// <summary><c>name LIKE 'a%' AND tags.team = 'x' AND creation_time &gt; 5</c>; empty for all.</summary>
    public string Filter { get; init; } = "";

    /// <summary>
    /// <c>name</c>, <c>creation_time</c>, <c>last_update_time</c> or <c>experiment_id</c>, with ASC or DESC; by default the latest created
    /// first.
    /// </summary>
    public IReadOnlyList<string> OrderBy { get; init; } = [];

    public Lifecycle? Stage { get; init; } = Lifecycle.Active;

    public int PageSize { get; init; } = 1_000;

    public string? PageToken { get; init; }

    internal string Identity => string.Join('\n', [Project, Location, Filter, string.Join('\u0001', OrderBy), Stage?.ToString() ?? ""]);
}
