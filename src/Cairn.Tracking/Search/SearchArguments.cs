using Cairn.Kernel.Database;

namespace Cairn.Tracking.Search;

/// <summary>The arguments of a statement that is being written.</summary>
internal sealed class SearchArguments(SqlDialect dialect)
{
    private readonly List<object?> values = [];

    public SqlDialect Dialect => dialect;

    public object?[] Values => [.. values];

    /// <summary>Adds a value; returns what stands for it in the text.</summary>
    public string Add(object? value)
    {
        values.Add(value);
        return "$" + values.Count.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>A comparison of text. LIKE knows <c>%</c> and <c>_</c>, and no escape.</summary>
    public string Text(string column, SearchClause clause)
    {
        switch (clause.Operator)
        {
            case "=":
                return $"{column} = {Add(clause.Value)}";
            case "!=":
                return $"{column} <> {Add(clause.Value)}";
            case "LIKE":
                return $"{column} LIKE {Add(Pattern(clause.Value))}";
            case "ILIKE":
                return $"lower({column}) LIKE {Add(Pattern(clause.Value.ToLowerInvariant()))}";
            case "IN" or "NOT IN":
                return $"{column} {clause.Operator} ({string.Join(", ", clause.Values.Select(Add))})";
            default:
                throw Kernel.Errors.StatusException.InvalidArgument($"'{clause.Path}' is text; it cannot be compared by '{clause.Operator}'. Use one of = != LIKE ILIKE IN NOT IN.");
        }
    }

    /// <summary>A comparison of numbers.</summary>
    public string Number(string column, SearchClause clause, object value) => clause.Operator switch
    {
        "=" or "<" or "<=" or ">" or ">=" => $"{column} {clause.Operator} {Add(value)}",
        "!=" => $"{column} <> {Add(value)}",
        _ => throw NoNumberOperator(clause),
    };

    public static Kernel.Errors.StatusException NoNumberOperator(SearchClause clause) =>
        Kernel.Errors.StatusException.InvalidArgument($"'{clause.Path}' is a number; it cannot be compared by '{clause.Operator}'. Use one of = != < <= > >=.");

    private string Pattern(string text) => dialect == SqlDialect.Sqlite ? text : text.Replace("\\", "\\\\", StringComparison.Ordinal);
}
