using System.Text;
using Cairn.Kernel.Errors;

namespace Cairn.Datasets.Splits;

/// <summary>
/// Splits so that each value of a column has the same share in every set: among the rows of a value, those with the lowest fingerprints are
/// for training, the highest for the test. Values beyond the 500 most frequent, and values of fewer than three rows, are split by the
/// fingerprint alone, as Vertex does.
/// </summary>
public sealed class StratifiedRule(string column, SplitFractions fractions) : ISplitRule
{
    /// <summary>The most rows of which the fingerprints are held: 4 bytes each.</summary>
    public const int MaxRows = 20_000_000;

    /// <summary>The most different values; a column with more is no category.</summary>
    public const int MaxValues = 100_000;

    private const int MaxStrata = 500;
    private const int MinRows = 3;

    private readonly FractionRule _rest = new(fractions);
    private readonly Dictionary<string, List<uint>> _seen = [];
    private readonly Dictionary<string, (uint ValidationFrom, uint TestFrom)> _strata = [];
    private int _rows;

    public string? Column => column;

    public bool Surveys => true;

    public void Survey(ReadOnlySpan<byte> value, long fingerprint)
    {
        if (_rows++ == MaxRows)
        {
            throw StatusException.InvalidArgument(
                $"The data has more than {MaxRows} rows, the most that can be split by strata. Use `fraction_split`: with so many rows the shares are the same but for fractions of a per cent."
            );
        }

        var text = Encoding.UTF8.GetString(value);
        if (!_seen.TryGetValue(text, out var parts))
        {
            if (_seen.Count == MaxValues)
            {
                throw StatusException.InvalidArgument(
                    $"The column '{column}' has more than {MaxValues} different values; `stratified_split` needs a category."
                );
            }

            _seen[text] = parts = [];
        }

        parts.Add(Part(fingerprint));
    }

    public void EndSurvey()
    {
        foreach (
            var (value, parts) in _seen
                .Where(static pair => pair.Value.Count >= MinRows)
                .OrderByDescending(static pair => pair.Value.Count)
                .ThenBy(static pair => pair.Key, StringComparer.Ordinal)
                .Take(MaxStrata)
        )
        {
            parts.Sort();
            _strata[value] = (At(parts, fractions.Training), At(parts, fractions.Training + fractions.Validation));
        }

        _seen.Clear();
    }

    public SplitSet? Assign(ReadOnlySpan<byte> value, long fingerprint)
    {
        if (!_strata.TryGetValue(Encoding.UTF8.GetString(value), out var bounds))
        {
            return _rest.Assign(fingerprint);
        }

        var part = Part(fingerprint);
        return part < bounds.ValidationFrom ? SplitSet.Training
            : part < bounds.TestFrom ? SplitSet.Validation
            : SplitSet.Test;
    }

    private static uint At(List<uint> parts, double fraction)
    {
        var index = (int)Math.Round(fraction * parts.Count);
        return index < parts.Count ? parts[index] : uint.MaxValue;
    }

    private static uint Part(long fingerprint) => (uint)FarmFingerprint.Bucket(fingerprint, FractionRule.Parts);
}
