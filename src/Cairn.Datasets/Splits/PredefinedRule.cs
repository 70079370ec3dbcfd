using System.Text;
using Cairn.Kernel.Errors;

namespace Cairn.Datasets.Splits;

/// <summary>
/// Splits by a column that says so: <c>training</c>, <c>validation</c> or <c>test</c> (or <c>TRAIN</c>, <c>VALIDATE</c>, <c>TEST</c>).
/// Empty and <c>UNASSIGNED</c> rows are ignored.
/// </summary>
public sealed class PredefinedRule(string column) : ISplitRule
{
    public string? Column => column;

    public bool Surveys => false;

    public void Survey(ReadOnlySpan<byte> value, long fingerprint) { }

    public void EndSurvey() { }

    public SplitSet? Assign(ReadOnlySpan<byte> value, long fingerprint)
    {
        const int longest = 64;
        var text = value.Length <= longest ? Encoding.UTF8.GetString(value) : Encoding.UTF8.GetString(value[..longest]) + "…";
        return SplitSets.TryRead(text, out var set) ? set
            : SplitSets.IsUnassigned(text) ? null
            : throw StatusException.InvalidArgument(
                $"The column '{column}' has '{text}'; it must be training, validation or test, or empty where the row is to be left out."
            );
    }
}
