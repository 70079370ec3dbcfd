using Cairn.Tracking.Runs;

namespace Cairn.Tracking.Search;

/// <summary>A search of runs.</summary>
/// <param name="Experiments">Which experiments' runs.</param>
public sealed record RunQuery(IReadOnlyList<long> Experiments)
{
    public const int MaxPage = 50_000;

    /// <summary>MLflow's search language; empty for all.</summary>
    public string Filter { get; init; } = "";

    /// <summary><c>metrics.loss ASC</c>, <c>start_time DESC</c>, …; then by start, latest first, then by id.</summary>
    public IReadOnlyList<string> OrderBy { get; init; } = [];

    /// <summary>Active or deleted runs only, or null for both.</summary>
    public Lifecycle? Stage { get; init; } = Lifecycle.Active;

    /// <summary>1 to <see cref="MaxPage"/>.</summary>
    public int PageSize { get; init; } = 1_000;

    public string? PageToken { get; init; }

    internal string Identity =>
        string.Join('\n', [string.Join(',', Experiments), Filter, string.Join('\u0001', OrderBy), Stage?.ToString() ?? ""]);
}
