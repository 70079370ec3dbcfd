namespace Cairn.Tracking.Search;

/// <summary>One expression of an order; never NULL, so that a page can go on after a row's values.</summary>
/// <param name="Sql">The expression.</param>
/// <param name="Descending">The direction.</param>
/// <param name="Type">What its values are: T text, N whole number, D double.</param>
internal readonly record struct SortKey(string Sql, bool Descending, char Type)
{
    public object Read(System.Data.Common.DbDataReader row, int column) =>
        Type switch
        {
            'T' => row.GetString(column),
            'N' => row.GetInt64(column),
            _ => row.GetDouble(column),
        };

    /// <summary>The condition of rows that come after the given values in this order.</summary>
    public static string After(IReadOnlyList<SortKey> keys, IReadOnlyList<object> values, SearchArguments arguments)
    {
        var places = values.Select(arguments.Add).ToArray();
        var condition = "";
        for (var i = keys.Count - 1; i >= 0; i--)
        {
            var beyond = $"{keys[i].Sql} {(keys[i].Descending ? "<" : ">")} {places[i]}";
            condition = condition.Length == 0 ? beyond : $"({beyond} OR ({keys[i].Sql} = {places[i]} AND {condition}))";
        }

        // Said once more for the first key alone, because an index is entered by a plain comparison.
        return $"{keys[0].Sql} {(keys[0].Descending ? "<=" : ">=")} {places[0]} AND {condition}";
    }

    public static string OrderBy(IEnumerable<SortKey> keys) =>
        string.Join(", ", keys.Select(static key => key.Sql + (key.Descending ? " DESC" : "")));
}
