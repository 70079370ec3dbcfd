using Cairn.Kernel.Database;

namespace Cairn.Kernel.Store.Search;

/// <summary>SQL expressions for what a <see cref="SearchField"/> names, in either dialect.</summary>
internal static class FieldSql
{
    /// <summary>The field's value as text or number, NULL where it is absent. <paramref name="type"/> decides for dynamic values.</summary>
    public static string Value(SqlText sql, SearchField field, SearchType type)
    {
        if (field.Column is { } column)
        {
            return "r." + column;
        }

        var source = field.List is null ? "r.doc" : "e.value";
        if (field.List is not null && field.Path.Count == 0)
        {
            return sql.Dialect == SqlDialect.Sqlite ? "e.value"
                : IsNumeric(type) ? PostgresNumber("e.value", "'{}'")
                : "(e.value #>> '{}')";
        }

        var path = sql.Argument(PathText(sql.Dialect, field.Path));
        if (sql.Dialect == SqlDialect.Sqlite)
        {
            return field.Type == SearchType.Dynamic && IsNumeric(type)
                ? $"(CASE WHEN json_type({source}, {path}) IN ('integer', 'real') THEN json_extract({source}, {path}) END)"
                : $"json_extract({source}, {path})";
        }

        return IsNumeric(type) ? PostgresNumber(source, $"CAST({path} AS text[])") : $"({source} #>> CAST({path} AS text[]))";
    }

    /// <summary>The table expression that yields the elements of the repeated field as <c>e.value</c>.</summary>
    public static string Elements(SqlText sql, IReadOnlyList<string> list)
    {
        var path = sql.Argument(PathText(sql.Dialect, list));
        return sql.Dialect == SqlDialect.Sqlite
            ? $"json_each(r.doc, {path}) e"
            : $"jsonb_array_elements(COALESCE(r.doc #> CAST({path} AS text[]), '[]'::jsonb)) AS e(value)";
    }

    public static bool IsNumeric(SearchType type) =>
        type is SearchType.Number or SearchType.Boolean or SearchType.Time or SearchType.Duration;

    private static string PostgresNumber(string source, string path) =>
        $"(CASE WHEN jsonb_typeof({source} #> {path}) = 'number' THEN CAST({source} #>> {path} AS double precision) END)";

    private static string PathText(SqlDialect dialect, IReadOnlyList<string> path) =>
        dialect == SqlDialect.Sqlite
            ? "$" + string.Concat(path.Select(static segment => $".\"{segment}\""))
            : "{" + string.Join(',', path.Select(static segment => $"\"{segment}\"")) + "}";
}
