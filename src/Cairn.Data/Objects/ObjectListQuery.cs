namespace Cairn.Data.Objects;

/// <summary>One page of a bucket's objects.</summary>
public sealed record ObjectListQuery(string Bucket)
{
    public const int MaxPage = 1000;

    public string Prefix { get; init; } = "";

    /// <summary>What separates folders; names that have it after the prefix are rolled up to their folder. Empty for none.</summary>
    public string Delimiter { get; init; } = "";

    /// <summary>Whether an object whose name is a rolled-up folder is also listed as an object.</summary>
    public bool IncludeTrailingDelimiter { get; init; }

    /// <summary>The first name, inclusive; empty for no limit.</summary>
    public string StartOffset { get; init; } = "";

    /// <summary>The name before which the listing ends, exclusive; empty for no limit.</summary>
    public string EndOffset { get; init; } = "";

    /// <summary>A glob that names have to match; empty for none.</summary>
    public string MatchGlob { get; init; } = "";

    /// <summary>Whether noncurrent generations are listed too.</summary>
    public bool Versions { get; init; }

    /// <summary>Whether the soft-deleted generations are listed, and nothing else.</summary>
    public bool SoftDeleted { get; init; }

    /// <summary>Objects and folders together, 1 to <see cref="MaxPage"/>.</summary>
    public int MaxResults { get; init; } = MaxPage;

    public string PageToken { get; init; } = "";
}
