using Cairn.Kernel.Database;

namespace Cairn.Tracking.Search;

/// <summary>The arguments of a statement that is being written.</summary>
public sealed class SearchArguments(SqlDialect dialect)
{
    /// <summary>
    /// The longest pattern, in characters: SQLite takes no pattern of more than 50,000 bytes, and a letter in both its cases needs up to
    /// ten.
    /// </summary>
    private const int MaxPattern = 4_000;

    private readonly List<object?> _values = [];

    public SqlDialect Dialect => dialect;

    public object?[] Values => [.. _values];

    /// <summary>Adds a value; returns what stands for it in the text.</summary>
    public string Add(object? value)
    {
        _values.Add(value);
        return "$" + _values.Count.ToString(System.Globalization.CultureInfo.InvariantCulture);
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
                return $"{column} LIKE {Add(Pattern(clause))}";
            case "ILIKE":
                return $"{column} {(dialect == SqlDialect.Sqlite ? "GLOB" : "~")} {Add(LetterCases.Pattern(Limited(clause), dialect))}";
            case "IN" or "NOT IN":
                return $"{column} {clause.Operator} ({string.Join(", ", clause.Values.Select(Add))})";
            case "IS NULL" or "IS NOT NULL":
                throw NotNullable(clause, "");
            default:
                throw Kernel.Errors.StatusException.InvalidArgument(
                    $"'{clause.Path}' is text; it cannot be compared by '{clause.Operator}'. Use one of = != LIKE ILIKE IN NOT IN."
                );
        }
    }

    /// <summary>A comparison of numbers.</summary>
    public string Number(string column, SearchClause clause, object value) =>
        clause.Operator switch
        {
            "=" or "<" or "<=" or ">" or ">=" => $"{column} {clause.Operator} {Add(value)}",
            "!=" => $"{column} <> {Add(value)}",
            _ => throw NoNumberOperator(clause),
        };

    public static Kernel.Errors.StatusException NoNumberOperator(SearchClause clause) =>
        clause.Operator is "IS NULL" or "IS NOT NULL"
            ? NotNullable(clause, $"A comparison such as '{clause.Path} > 0' finds only what has the number.")
            : Kernel.Errors.StatusException.InvalidArgument(
                $"'{clause.Path}' is a number; it cannot be compared by '{clause.Operator}'. Use one of = != < <= > >=."
            );

    private static Kernel.Errors.StatusException NotNullable(SearchClause clause, string instead) =>
        Kernel.Errors.StatusException.InvalidArgument(
            $"'{clause.Path}' cannot be asked for by '{clause.Operator}': that is for parameters and tags. {instead}".TrimEnd()
        );

    private string Pattern(SearchClause clause) =>
        dialect == SqlDialect.Sqlite ? Limited(clause) : Limited(clause).Replace("\\", "\\\\", StringComparison.Ordinal);

    private static string Limited(SearchClause clause) =>
        clause.Value.Length <= MaxPattern
            ? clause.Value
            : throw Kernel.Errors.StatusException.InvalidArgument(
                $"'{clause.Path}' is compared with a pattern of {clause.Value.Length} characters; a pattern for LIKE and ILIKE may have {MaxPattern}."
            );
}
