namespace Cairn.Tracking.Search;

/// <summary>One comparison of a filter; all of a filter's must hold.</summary>
/// <param name="Path">What is compared: <c>metrics.acc</c>, <c>start_time</c>.</param>
/// <param name="Operator"><c>= != &lt; &lt;= &gt; &gt;= LIKE ILIKE IN NOT IN IS NULL IS NOT NULL</c>.</param>
/// <param name="Values">What it is compared with; several for IN, none for IS NULL.</param>
/// <param name="Quoted">Whether the values stand in quotes.</param>
/// <param name="Position">Where the clause begins, from 0.</param>
internal sealed record SearchClause(string Path, string Operator, IReadOnlyList<string> Values, bool Quoted, int Position)
{
    public string Value => Values[0];
}
