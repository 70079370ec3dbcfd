namespace Cairn.Tracking.LoggedModels;

/// <summary>A search of the logged models of experiments; deleted models are never found.</summary>
public sealed record LoggedModelQuery(IReadOnlyList<long> Experiments)
{
    public const int DefaultPage = 100;
    public const int MaxPage = 10_000;

    /// <summary><c>metrics.acc &gt; 0.9 AND params.depth = '3' AND tags.team = 'x' AND name LIKE 'a%'</c>; empty for all.</summary>
    public string Filter { get; init; } = "";

    /// <summary>
    /// Metrics are compared where they were measured on one of these; empty for any. Models that nothing measured on them are not found.
    /// </summary>
    public IReadOnlyList<DatasetName> Datasets { get; init; } = [];

    /// <summary>By default the latest made first.</summary>
    public IReadOnlyList<LoggedModelOrder> OrderBy { get; init; } = [];

    public int PageSize { get; init; } = DefaultPage;

    public string? PageToken { get; init; }

    internal string Identity =>
        string.Join('\n', [string.Join(',', Experiments.Order()), Filter, string.Join('\u0001', Datasets), string.Join('\u0001', OrderBy)]);
}
