namespace Cairn.Datasets.Splits;

/// <summary>
/// Splits by the fingerprint: <c>MOD(ABS(FARM_FINGERPRINT(row)), 1000000000)</c> below the training fraction of a thousand million is
/// training, and so on. Where a row goes depends on the row and the fractions alone, so it stays there whatever else comes and goes.
/// </summary>
public sealed class FractionRule(SplitFractions fractions) : ISplitRule
{
    /// <summary>Into how many parts the fingerprints are divided.</summary>
    public const long Parts = 1_000_000_000;

    private readonly long _validationFrom = (long)Math.Round(fractions.Training * Parts);
    private readonly long _testFrom = (long)Math.Round((fractions.Training + fractions.Validation) * Parts);

    public string? Column => null;

    public bool Surveys => false;

    public void Survey(ReadOnlySpan<byte> value, long fingerprint) { }

    public void EndSurvey() { }

    public SplitSet? Assign(ReadOnlySpan<byte> value, long fingerprint) => Assign(fingerprint);

    public SplitSet Assign(long fingerprint)
    {
        var part = FarmFingerprint.Bucket(fingerprint, Parts);
        return part < _validationFrom ? SplitSet.Training
            : part < _testFrom ? SplitSet.Validation
            : SplitSet.Test;
    }
}
