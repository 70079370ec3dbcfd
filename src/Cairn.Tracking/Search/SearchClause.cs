using System.Globalization;
using Cairn.Kernel.Errors;

namespace Cairn.Tracking.Search;

/// <summary>One comparison of a filter; all of a filter's must hold.</summary>
/// <param name="Path">What is compared: <c>metrics.acc</c>, <c>start_time</c>.</param>
/// <param name="Operator"><c>= != &lt; &lt;= &gt; &gt;= LIKE ILIKE IN NOT IN IS NULL IS NOT NULL</c>.</param>
/// <param name="Values">What it is compared with; several for IN, none for IS NULL.</param>
/// <param name="Quoted">Whether the values stand in quotes.</param>
/// <param name="Position">Where the clause begins, from 0.</param>
public sealed record SearchClause(string Path, string Operator, IReadOnlyList<string> Values, bool Quoted, int Position)
{
    /// <exception cref="StatusException">INVALID_ARGUMENT where there is none, because the operator takes none.</exception>
    public string Value => Values.Count > 0 ? Values[0] : throw SearchArguments.NoNumberOperator(this);

    /// <summary>The number that something is compared with.</summary>
    /// <exception cref="StatusException">INVALID_ARGUMENT for what is no number.</exception>
    public double Number() =>
        !Quoted && Values.Count <= 1 && TryNumber(Value, out var number)
            ? number
            : throw StatusException.InvalidArgument(
                $"'{Path}' is a number and is compared with '{string.Join(", ", Values)}'; write a number without quotes."
            );

    private static bool TryNumber(string text, out double number)
    {
        if (text.ToUpperInvariant() is "INF" or "INFINITY" or "+INF" or "-INF")
        {
            number = text[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity;
            return true;
        }

        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number) && !double.IsNaN(number);
    }
}
