using System.Globalization;
using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Filters;

namespace Cairn.Kernel.Store.Search;

/// <summary>The statement of one page: condition, keyset continuation, order and limit, all in the engine.</summary>
internal sealed class ListSql
{
    public const int DefaultPageSize = 100;
    public const int MaxPageSize = 1_000;

    private readonly SqlText _sql;
    private readonly IReadOnlyList<OrderKey> _order;
    private readonly string _identity;

    public ListSql(ResourceKind kind, ListQuery query, SqlDialect dialect)
    {
        if (query.PageSize < 0)
        {
            throw StatusException.InvalidArgument($"`page_size` is {query.PageSize}; it must not be negative.");
        }

        PageSize = query.PageSize == 0 ? DefaultPageSize : Math.Min(query.PageSize, MaxPageSize);
        _sql = new SqlText(dialect);
        _order = OrderBy.Parse(kind, query.OrderBy);
        _identity = string.Join('\n', kind.Name, query.Parent, query.Filter, query.OrderBy);
        var keys = _order.Select(key => key.Sql(_sql)).ToArray();
        _sql.Add("SELECT r.body")
            .Add(string.Concat(keys.Select(static key => ", " + key)))
            .Add($" FROM resources r WHERE r.kind = {_sql.Argument(kind.Name)} AND ")
            .Add(Parent(query.Parent));
        if (FilterParser.Parse(query.Filter) is { } filter)
        {
            _sql.Add(" AND ").Add(new FilterSql(kind, _sql).Condition(filter));
        }

        if (query.PageToken.Length > 0)
        {
            _sql.Add(" AND ").Add(After(keys, PageToken.Read(_identity, query.PageToken, _order)));
        }

        _sql.Add(" ORDER BY ")
            .Add(string.Join(", ", _order.Select((key, i) => keys[i] + (key.Descending ? " DESC" : ""))))
            .Add(" LIMIT ")
            .Add((PageSize + 1).ToString(CultureInfo.InvariantCulture));
    }

    public int PageSize { get; }

    public string Text => _sql.ToString();

    public object?[] Arguments => _sql.Arguments;

    /// <summary>The token that continues after a row whose keys stand from column 1 on.</summary>
    public string Token(object[] keys) => PageToken.Write(_identity, keys);

    /// <summary>Reads a row's keys, from column 1 on.</summary>
    public object[] Keys(System.Data.Common.DbDataReader row)
    {
        var keys = new object[_order.Count];
        for (var i = 0; i < keys.Length; i++)
        {
            keys[i] = _order[i].Numeric
                ? _order[i].Field.Column is null
                    ? row.GetDouble(i + 1)
                    : row.GetInt64(i + 1)
                : row.GetString(i + 1);
        }

        return keys;
    }

    private string Parent(string parent)
    {
        if (!parent.Split('/').Contains("-"))
        {
            return $"r.parent = {_sql.Argument(parent)}";
        }

        var pattern = string.Join(
            '/',
            parent
                .Split('/')
                .Select(static s =>
                    s == "-"
                        ? "%"
                        : s.Replace("\\", "\\\\", StringComparison.Ordinal)
                            .Replace("%", "\\%", StringComparison.Ordinal)
                            .Replace("_", "\\_", StringComparison.Ordinal)
                )
        );
        return $"r.parent LIKE {_sql.Argument(pattern)} ESCAPE '\\'";
    }

    /// <summary>Rows after the given keys. Where all keys go one way, the row comparison lets the engine seek in the index.</summary>
    private string After(string[] keys, object[] values)
    {
        var placeholders = values.Select(value => _sql.Argument(value)).ToArray();
        if (_order.All(key => key.Descending == _order[0].Descending))
        {
            return $"({string.Join(", ", keys)}) {(_order[0].Descending ? "<" : ">")} ({string.Join(", ", placeholders)})";
        }

        var alternatives = new List<string>();
        for (var i = 0; i < keys.Length; i++)
        {
            var equal = Enumerable.Range(0, i).Select(j => $"{keys[j]} = {placeholders[j]}");
            alternatives.Add(
                "(" + string.Join(" AND ", equal.Append($"{keys[i]} {(_order[i].Descending ? "<" : ">")} {placeholders[i]}")) + ")"
            );
        }

        return "(" + string.Join(" OR ", alternatives) + ")";
    }
}
