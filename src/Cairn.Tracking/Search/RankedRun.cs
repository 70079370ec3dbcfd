namespace Cairn.Tracking.Search;

/// <summary>
/// A run's row id, and its place among others: by <see cref="First"/>, then by <see cref="Second"/>, least first. Neither is NaN, and the
/// second is finite.
/// </summary>
internal readonly record struct RankedRun(long Run, double First, double Second)
{
    /// <summary>A place before every run's: its second number, a time or nothing, is finite.</summary>
    public static RankedRun Before { get; } = new(0, double.NegativeInfinity, double.NegativeInfinity);

    /// <summary>Negative where this comes first, 0 where the two cannot be told apart.</summary>
    public int CompareTo(in RankedRun other) =>
        First < other.First ? -1
        : First > other.First ? 1
        : Second < other.Second ? -1
        : Second > other.Second ? 1
        : 0;
}
