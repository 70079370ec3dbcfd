using Cairn.Kernel.Errors;
using Cairn.Tracking.Runs.Columns;

namespace Cairn.Tracking.Search;

/// <summary>
/// A comparison of a metric with a number: values from <paramref name="Least"/> to <paramref name="Greatest"/> pass, or all others. A NaN,
/// which is unlike every number, passes <c>!=</c> alone.
/// </summary>
internal readonly record struct MetricTest(string Metric, double Least, double Greatest, bool Outside, bool PassesNaN = false)
{
    /// <exception cref="StatusException">INVALID_ARGUMENT for what is no comparison of numbers.</exception>
    public static MetricTest Of(string metric, SearchClause clause)
    {
        var number = clause.Number();
        return clause.Operator switch
        {
            "=" => new MetricTest(metric, number, number, false),
            "!=" => new MetricTest(metric, number, number, true, PassesNaN: true),
            "<=" => new MetricTest(metric, double.NegativeInfinity, number, false),
            ">=" => new MetricTest(metric, number, double.PositiveInfinity, false),
            "<" => new MetricTest(metric, number, double.PositiveInfinity, true),
            ">" => new MetricTest(metric, double.NegativeInfinity, number, true),
            _ => throw SearchArguments.NoNumberOperator(clause),
        };
    }

    /// <summary>Which of a chunk's values pass.</summary>
    public RunMask Passing(ReadOnlySpan<double> values) => new(Bits(values[..64]), Bits(values[64..]));

    private ulong Bits(ReadOnlySpan<double> values)
    {
        var bits = 0UL;
        for (var i = 0; i < values.Length; i++)
        {
            var value = values[i];
            var passes = ((value >= Least & value <= Greatest) ^ Outside) & (PassesNaN | !double.IsNaN(value));
            bits |= (passes ? 1UL : 0) << i;
        }

        return bits;
    }
}
