using System.Globalization;
using System.Text;
using Cairn.Kernel.Errors;

namespace Cairn.Datasets.Splits;

/// <summary>
/// Splits by time: the oldest rows are for training, the newest for the test. Rows without an RFC 3339 time in the column are ignored. Rows
/// of the same time are told apart by their fingerprints, so that the sets have the sizes that were asked for.
/// </summary>
public sealed class TimestampRule(string column, SplitFractions fractions) : ISplitRule
{
    /// <summary>The most rows of which the times are held: 16 bytes each.</summary>
    public const int MaxRows = 10_000_000;

    private readonly List<(long Ticks, uint Part)> _seen = [];
    private (long Ticks, uint Part) _validationFrom;
    private (long Ticks, uint Part) _testFrom;

    public string? Column => column;

    public bool Surveys => true;

    public void Survey(ReadOnlySpan<byte> value, long fingerprint)
    {
        if (Read(value) is not { } ticks)
        {
            return;
        }

        if (_seen.Count == MaxRows)
        {
            throw StatusException.InvalidArgument(
                $"The data has more than {MaxRows} rows with a time in '{column}', the most that can be split by time. Write the set of each row into a column and use `predefined_split`."
            );
        }

        _seen.Add((ticks, Part(fingerprint)));
    }

    public void EndSurvey()
    {
        if (_seen.Count == 0)
        {
            throw StatusException.InvalidArgument(
                $"No row has a time in the column '{column}'; times are written as 1985-04-12T23:20:50.52Z (RFC 3339)."
            );
        }

        _seen.Sort();
        _validationFrom = At(fractions.Training);
        _testFrom = At(fractions.Training + fractions.Validation);
        _seen.Clear();
        _seen.Capacity = 0;
    }

    public SplitSet? Assign(ReadOnlySpan<byte> value, long fingerprint)
    {
        if (Read(value) is not { } ticks)
        {
            return null;
        }

        var place = (ticks, Part(fingerprint));
        return place.CompareTo(_validationFrom) < 0 ? SplitSet.Training
            : place.CompareTo(_testFrom) < 0 ? SplitSet.Validation
            : SplitSet.Test;
    }

    /// <summary>The first of the rows after a fraction of all.</summary>
    private (long, uint) At(double fraction)
    {
        var index = (int)Math.Round(fraction * _seen.Count);
        return index < _seen.Count ? _seen[index] : (long.MaxValue, uint.MaxValue);
    }

    private static uint Part(long fingerprint) => (uint)FarmFingerprint.Bucket(fingerprint, FractionRule.Parts);

    /// <summary>Ticks of a <c>date-time</c> of RFC 3339, or null.</summary>
    private static long? Read(ReadOnlySpan<byte> value)
    {
        const int shortest = 20;
        const int longest = 40;
        if (
            value.Length is < shortest or > longest
            || value[4] != '-'
            || value[7] != '-'
            || value[10] is not ((byte)'T' or (byte)'t' or (byte)' ')
            || value[13] != ':'
            || value[16] != ':'
            || !(value[^1] is (byte)'Z' or (byte)'z' || value[^6] is (byte)'+' or (byte)'-')
        )
        {
            return null;
        }

        return DateTimeOffset.TryParse(
            Encoding.UTF8.GetString(value).ToUpperInvariant(),
            CultureInfo.InvariantCulture,
            DateTimeStyles.None,
            out var time
        )
            ? time.UtcTicks
            : null;
    }
}
