using Cairn.Kernel.Errors;

namespace Cairn.Datasets.Splits;

/// <summary>
/// Decides which set a row is for. A rule that depends on all rows sees each of them once (<see cref="Survey"/>, then
/// <see cref="EndSurvey"/>) before it assigns the first. Instances are for one data set and one thread.
/// </summary>
public interface ISplitRule
{
    /// <summary>The column whose value decides, or null where the fingerprint alone does.</summary>
    string? Column { get; }

    /// <summary>Whether all rows must be surveyed first.</summary>
    bool Surveys { get; }

    /// <param name="value">UTF-8 of the row's value in <see cref="Column"/>; empty where it has none.</param>
    /// <param name="fingerprint">The row's fingerprint.</param>
    /// <exception cref="StatusException">The rule cannot work on such a column.</exception>
    void Survey(ReadOnlySpan<byte> value, long fingerprint);

    /// <exception cref="StatusException">The rows that were seen cannot be split.</exception>
    void EndSurvey();

    /// <summary>The row's set, or null where the row is ignored.</summary>
    /// <exception cref="StatusException">INVALID_ARGUMENT where the value is none that the rule knows.</exception>
    SplitSet? Assign(ReadOnlySpan<byte> value, long fingerprint);
}
