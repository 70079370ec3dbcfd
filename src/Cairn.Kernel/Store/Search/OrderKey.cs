namespace Cairn.Kernel.Store.Search;

/// <summary>One key of an order: the field, its direction, and whether its values are numbers.</summary>
internal sealed record OrderKey(SearchField Field, bool Descending)
{
    public bool Numeric => FieldSql.IsNumeric(Field.Type);

    /// <summary>The key as SQL that is never NULL, so that pages can continue after any value.</summary>
    public string Sql(SqlText sql) =>
        Field.Column is { } column ? "r." + column
        : Field.LabelKey is { } label
            ? $"COALESCE((SELECT l.value FROM resource_labels l WHERE l.name = r.name AND l.key = {sql.Argument(label)}), '')"
        : $"COALESCE({FieldSql.Value(sql, Field, Field.Type)}, {(Numeric ? "0" : "''")})";
}
