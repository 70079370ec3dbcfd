using System.Globalization;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Filters;

namespace Cairn.Kernel.Store.Search;

/// <summary>
/// Turns a parsed filter into a condition over <c>resources r</c>. The engine evaluates all of it, so what does not match is never loaded.
/// </summary>
internal sealed class FilterSql(ResourceKind kind, SqlText sql) : IFilterSql
{
    Database.SqlDialect IFilterSql.Dialect => sql.Dialect;

    string IFilterSql.Argument(object? value) => sql.Argument(value);

    string IFilterSql.Field(ComparisonNode node) => Comparison(node);

    string IFilterSql.Text(string expression, string op, string value) => TextCompare(expression, op, value);

    public string Condition(FilterNode node) =>
        node switch
        {
            AndNode and => "(" + string.Join(" AND ", and.Operands.Select(Condition)) + ")",
            OrNode or => "(" + string.Join(" OR ", or.Operands.Select(Condition)) + ")",
            NotNode not => $"(NOT COALESCE({Condition(not.Operand)}, {False}))",
            TextNode text => Anywhere(text.Text),
            FunctionNode function => Term(function.Name, function)
                ?? throw StatusException.InvalidArgument($"`filter` calls '{function.Name}', which {kind.Name} does not know.{Functions}"),
            ComparisonNode comparison => Term(comparison.Path[0], comparison) ?? Comparison(comparison),
            _ => throw new InvalidOperationException($"Unknown filter node {node.GetType().Name}."),
        };

    private string False => sql.Dialect == Database.SqlDialect.Sqlite ? "0" : "FALSE";

    private string Functions => kind.Terms.Count == 0 ? "" : $" Beside its fields it knows {string.Join(", ", kind.Terms.Keys)}.";

    /// <summary>What the capability's own term says, or null.</summary>
    private string? Term(string name, FilterNode node) => kind.Terms.TryGetValue(name, out var term) ? term(node, this) : null;

    /// <summary>A bare word: in the display name or the resource's own id.</summary>
    private string Anywhere(string text) => $"(lower(r.display_name) LIKE {Contains(text)} ESCAPE '\\' OR r.id = {sql.Argument(text)})";

    private string Contains(string text) => sql.Argument("%" + EscapeLike(text.ToLowerInvariant()) + "%");

    private string Comparison(ComparisonNode node)
    {
        if (node.Operator is "=~" or "!~")
        {
            throw StatusException.InvalidArgument(
                $"`filter` uses '{node.Operator}' at position {node.Position + 1}; regular expressions are not part of this filter language. Use '=' with '*' or ':'."
            );
        }

        // `labels:key` and `map:key` ask for a key.
        if (node.Operator == ":" && !(node.Value == "*" && !node.Quoted))
        {
            var whole = SearchFields.Resolve(kind, node.Path);
            if (whole is { Type: SearchType.Presence })
            {
                return Present(SearchFields.Resolve(kind, [.. node.Path, node.Value]));
            }
        }

        var field = SearchFields.Resolve(kind, node.Path);
        if (node.Operator == ":" && node.Value == "*" && !node.Quoted)
        {
            return Present(field);
        }

        if (field.LabelKey is { } key)
        {
            return Label(key, node);
        }

        if (field.List is { } list)
        {
            var elements = FieldSql.Elements(sql, list);
            return $"EXISTS (SELECT 1 FROM {elements} WHERE {Compare(field, node, inList: true)})";
        }

        return Compare(field, node, inList: false);
    }

    private string Present(SearchField field)
    {
        if (field.LabelKey is { } key)
        {
            return $"EXISTS (SELECT 1 FROM resource_labels l WHERE l.name = r.name AND l.key = {sql.Argument(key)})";
        }

        if (field.List is { } list)
        {
            return $"EXISTS (SELECT 1 FROM {FieldSql.Elements(sql, list)})";
        }

        return field.Column is { } column && !FieldSql.IsNumeric(field.Type)
            ? $"r.{column} <> ''"
            : $"{FieldSql.Value(sql, field, SearchType.Text)} IS NOT NULL";
    }

    private string Label(string key, ComparisonNode node)
    {
        var head = $"EXISTS (SELECT 1 FROM resource_labels l WHERE l.name = r.name AND l.key = {sql.Argument(key)} AND ";
        return node.Operator == "!="
            ? $"NOT {head}{TextCompare("l.value", "=", node.Value)})"
            : $"{head}{TextCompare("l.value", node.Operator, node.Value)})";
    }

    private string Compare(SearchField field, ComparisonNode node, bool inList)
    {
        var type = field.Type == SearchType.Dynamic ? DynamicType(node) : field.Type;
        if (type == SearchType.Presence)
        {
            throw StatusException.InvalidArgument(
                $"'{string.Join('.', node.Path)}' is not a plain value: ask for its presence with ':*', or name a field in it."
            );
        }

        var value = FieldSql.Value(sql, field, type);
        var absent =
            field.Column is not null || inList || field.Type == SearchType.Dynamic || type is SearchType.Time or SearchType.Duration;
        if (FieldSql.IsNumeric(type))
        {
            var number = Number(type, node);
            var op = node.Operator == ":" ? "=" : node.Operator;
            var operand = absent ? value : $"COALESCE({value}, 0)";
            return op == "!=" ? $"({operand} IS NULL OR {operand} <> {sql.Argument(number)})" : $"{operand} {op} {sql.Argument(number)}";
        }

        var text = absent ? value : $"COALESCE({value}, '{(type == SearchType.Enum ? field.Enum!.FindValueByNumber(0)?.Name : "")}')";
        if (type == SearchType.Enum)
        {
            return EnumCompare(text, field, node);
        }

        return node.Operator == "!=" && absent && field.Column is null
            ? $"({text} IS NULL OR {TextCompare(text, "!=", node.Value)})"
            : TextCompare(text, inList && field.Path.Count == 0 && node.Operator == ":" ? "=" : node.Operator, node.Value);
    }

    private string EnumCompare(string text, SearchField field, ComparisonNode node)
    {
        var value =
            field.Enum!.FindValueByName(node.Value)
            ?? (int.TryParse(node.Value, CultureInfo.InvariantCulture, out var number) ? field.Enum.FindValueByNumber(number) : null)
            ?? throw StatusException.InvalidArgument(
                $"'{node.Value}' is no value of '{string.Join('.', node.Path)}'. It is one of {string.Join(", ", field.Enum.Values.Select(static v => v.Name))}."
            );
        var op = node.Operator switch
        {
            "=" or ":" => "=",
            "!=" => "<>",
            _ => throw StatusException.InvalidArgument($"'{string.Join('.', node.Path)}' has no order; compare it with '=' or '!='."),
        };
        return $"{text} {op} {sql.Argument(value.Name)}";
    }

    /// <summary>
    /// Text: <c>=</c> is exact, or a pattern where the value begins or ends with <c>*</c>; <c>:</c> is "contains", case-insensitively.
    /// </summary>
    private string TextCompare(string text, string op, string value)
    {
        if (op == ":")
        {
            return $"lower({text}) LIKE {Contains(value)} ESCAPE '\\'";
        }

        if (op is "=" or "!=" && value.Length > 1 && (value.StartsWith('*') || value.EndsWith('*')))
        {
            var pattern = string.Join('%', value.Split('*').Select(EscapeLike));
            return $"{text} {(op == "=" ? "LIKE" : "NOT LIKE")} {sql.Argument(pattern)} ESCAPE '\\'";
        }

        return $"{text} {(op == "!=" ? "<>" : op)} {sql.Argument(value)}";
    }

    private static SearchType DynamicType(ComparisonNode node) =>
        !node.Quoted && double.TryParse(node.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out _)
            ? SearchType.Number
            : SearchType.Text;

    private static object Number(SearchType type, ComparisonNode node)
    {
        var name = string.Join('.', node.Path);
        switch (type)
        {
            case SearchType.Boolean:
                return node.Value switch
                {
                    "true" or "1" => 1L,
                    "false" or "0" => 0L,
                    _ => throw StatusException.InvalidArgument($"'{name}' is true or false, not '{node.Value}'."),
                };
            case SearchType.Time:
                return DateTimeOffset.TryParse(
                    node.Value,
                    CultureInfo.InvariantCulture,
                    DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
                    out var time
                )
                    ? Timestamps.ToMicros(time)
                    : throw StatusException.InvalidArgument(
                        $"'{name}' is compared with '{node.Value}'; write a time as 2026-01-31T15:04:05Z."
                    );
            case SearchType.Duration:
                return double.TryParse(node.Value.TrimEnd('s'), NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds)
                    ? seconds
                    : throw StatusException.InvalidArgument($"'{name}' is compared with '{node.Value}'; write a duration as 3600s.");
            default:
                return double.TryParse(node.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                    ? number
                    : throw StatusException.InvalidArgument($"'{name}' is a number, and '{node.Value}' is not.");
        }
    }

    private static string EscapeLike(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("%", "\\%", StringComparison.Ordinal)
            .Replace("_", "\\_", StringComparison.Ordinal);
}
