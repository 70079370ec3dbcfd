namespace Cairn.Data.Lifecycle;

/// <summary>
/// When a rule applies: where all that are given hold. Days are of 24 hours; dates are of the form 2026-01-31, and begin at midnight UTC.
/// </summary>
public sealed record LifecycleCondition
{
    /// <summary>Days since the object's creation.</summary>
    public int? Age { get; init; }

    /// <summary>The object was created before this date.</summary>
    public string? CreatedBefore { get; init; }

    /// <summary>The object's <c>customTime</c> is before this date.</summary>
    public string? CustomTimeBefore { get; init; }

    /// <summary>Days since the object's <c>customTime</c>; never holds for an object without one.</summary>
    public int? DaysSinceCustomTime { get; init; }

    /// <summary>Days since the generation was replaced or deleted; never holds for a live object.</summary>
    public int? DaysSinceNoncurrentTime { get; init; }

    /// <summary>The generation was replaced or deleted before this date.</summary>
    public string? NoncurrentTimeBefore { get; init; }

    /// <summary>Whether the object is the live generation.</summary>
    public bool? IsLive { get; init; }

    /// <summary>At least this many generations of the name are newer, the live one included.</summary>
    public int? NumNewerVersions { get; init; }

    public IReadOnlyList<string>? MatchesPrefix { get; init; }

    public IReadOnlyList<string>? MatchesSuffix { get; init; }

    public IReadOnlyList<string>? MatchesStorageClass { get; init; }
}
