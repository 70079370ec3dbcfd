using Cairn.Kernel.Errors;

namespace Cairn.Tracking.Search;

/// <summary>A comparison of a metric with a number. A NaN passes none, as in SQL.</summary>
/// <param name="Metric">The metric's name.</param>
/// <param name="Passes">Whether a value does.</param>
internal sealed record MetricTest(string Metric, Func<double, bool> Passes)
{
    /// <exception cref="StatusException">INVALID_ARGUMENT for what is no comparison of numbers.</exception>
    public static MetricTest Of(string metric, SearchClause clause)
    {
        var number = clause.Number();
        return new MetricTest(metric, clause.Operator switch
        {
            "=" => value => value == number,
            "!=" => value => value < number || value > number,
            "<" => value => value < number,
            "<=" => value => value <= number,
            ">" => value => value > number,
            ">=" => value => value >= number,
            _ => throw SearchArguments.NoNumberOperator(clause),
        });
    }
}
