using System.Globalization;
using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Tracking.Search;

namespace Cairn.Mlflow.Registry;

/// <summary>A search of registered models or versions that is being put together.</summary>
internal sealed class RegistrySearch
{
    private readonly List<string> _conditions;
    private readonly string _identity;

    public RegistrySearch(SqlDialect dialect, string condition, string project, string location)
    {
        Arguments = new SearchArguments(dialect);
        Arguments.Add(project);
        Arguments.Add(location);
        _conditions = [condition];
        _identity = $"{project}\n{location}\n";
    }

    public SearchArguments Arguments { get; }

    public void Add(string condition) => _conditions.Add(condition);

    /// <summary>The condition that a tag has a value.</summary>
    public string Tag(string table, string join, SearchClause clause)
    {
        var key = Arguments.Add(clause.Path[(clause.Path.IndexOf('.', StringComparison.Ordinal) + 1)..]);
        return $"EXISTS (SELECT 1 FROM {table} t WHERE {join} AND t.key = {key} AND {Arguments.Text("t.value", clause)})";
    }

    /// <summary>One page. Registries are small beside runs: the token is a count, bound to its query.</summary>
    public (IReadOnlyList<T> Items, string Token) Page<T>(
        IReadOnlyList<string> orderBy,
        IReadOnlyDictionary<string, string> columns,
        string tie,
        int size,
        string? token,
        Func<string, string, object?[], IReadOnlyList<T>> query
    )
    {
        var order = orderBy
            .Select(entry =>
            {
                var words = entry.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                var descending = words.Length == 2 && words[1].Equals("DESC", StringComparison.OrdinalIgnoreCase);
                return
                    words.Length is 1 or 2
                    && columns.TryGetValue(words[0].ToLowerInvariant(), out var column)
                    && (words.Length == 1 || descending || words[1].Equals("ASC", StringComparison.OrdinalIgnoreCase))
                    ? column + (descending ? " DESC" : "")
                    : throw StatusException.InvalidArgument(
                        $"`order_by` has '{entry}'; it is one of {string.Join(", ", columns.Keys)}, with ASC or DESC after it where wanted."
                    );
            })
            .Append(tie)
            .Distinct()
            .ToList();
        var text = string.Join(" AND ", _conditions);
        var bound = _identity + text + string.Join(",", order) + string.Join(",", Arguments.Values);
        var skip = SearchCursor.Read(bound, token) is { Keys: [long count] } ? count : 0;
        var items = query(
            text,
            $"{string.Join(", ", order)} LIMIT {(size + 1).ToString(CultureInfo.InvariantCulture)} OFFSET {skip.ToString(CultureInfo.InvariantCulture)}",
            Arguments.Values
        );
        return items.Count > size ? ([.. items.Take(size)], new SearchCursor(0, [skip + size]).Write(bound)) : (items, "");
    }
}
