using System.Globalization;
using Cairn.Kernel.Errors;
using Cairn.Tracking.Runs;
using Cairn.Tracking.Search;
using SortKey = Cairn.Tracking.Search.SortKey;

namespace Cairn.Tracking.LoggedModels;

/// <summary>
/// The statement of a search. What models are ordered by is selected beside them, so that a page can go on after a row's values; what a
/// model lacks comes last.
/// </summary>
internal sealed class LoggedModelStatement
{
    private const int MaxOrder = 8;

    private readonly SearchArguments _arguments;
    private readonly LoggedModelFilter _filter;
    private readonly Func<string, long?> _keyOf;
    private readonly List<string> _expressions = [];
    private readonly List<SortKey> _keys = [];
    private readonly List<string> _conditions = [];

    public LoggedModelStatement(
        SearchArguments arguments,
        LoggedModelQuery query,
        IReadOnlyList<SearchClause> clauses,
        Func<string, long?> keyOf
    )
    {
        if (query.OrderBy.Count > MaxOrder)
        {
            throw StatusException.InvalidArgument($"`order_by` has {query.OrderBy.Count} entries; at most {MaxOrder} are accepted.");
        }

        _arguments = arguments;
        _keyOf = keyOf;
        _filter = new LoggedModelFilter(arguments, keyOf, query.Datasets);
        _conditions.Add(
            $"m.experiment IN ({IdList.Sql(arguments.Dialect, arguments.Add(IdList.Argument(query.Experiments)))}) AND m.stage = 0"
        );
        _conditions.AddRange(clauses.Select(_filter.Condition));
        if (
            query.Datasets.Count > 0
            && !clauses.Any(static clause => LoggedModelField.Parse(clause.Path).Kind == LoggedModelFieldKind.Metric)
        )
        {
            _conditions.Add(_filter.Measured());
        }

        foreach (var entry in query.OrderBy)
        {
            Sort(entry);
        }

        if (!_keys.Any(static key => key.Sql == "m.created"))
        {
            _keys.Add(new SortKey("m.created", true, 'N'));
        }

        // Models made within one millisecond keep the order in which they were made.
        _keys.Add(new SortKey("m.id", _keys.First(static key => key.Sql == "m.created").Descending, 'N'));
    }

    public IReadOnlyList<SortKey> Keys => _keys;

    public string Text(SearchCursor? after, int limit)
    {
        var source =
            $"SELECT m.*{string.Concat(_expressions.Select(static (sql, i) => $", {sql} AS {Name(i)}"))} FROM logged_models m WHERE {string.Join(" AND ", _conditions)}";
        var where = after is null ? "" : $" WHERE {SortKey.After(_keys, after.Keys, _arguments)}";
        return $"SELECT {LoggedModelStore.Columns}{string.Concat(_keys.Select(static key => ", " + key.Sql))} FROM ({source}) m{where} "
            + $"ORDER BY {SortKey.OrderBy(_keys)} LIMIT {limit.ToString(CultureInfo.InvariantCulture)}";
    }

    private static string Name(int expression) => "sort" + expression.ToString(CultureInfo.InvariantCulture);

    private void Sort(LoggedModelOrder entry)
    {
        var field = LoggedModelField.Parse(entry.Field);
        switch (field.Kind)
        {
            case LoggedModelFieldKind.Metric:
                var of =
                    $"FROM logged_model_metrics x WHERE x.model = m.id AND x.key = {_arguments.Add(_keyOf(field.Key) ?? -1)} AND x.nan = 0{_filter.On(entry.Dataset is { } dataset ? [dataset] : [])}";
                var column = "m." + Name(_expressions.Count);
                _expressions.Add(
                    $"(SELECT x.value {of} ORDER BY x.time DESC, x.step DESC, x.run DESC, x.dataset_name, x.dataset_digest LIMIT 1)"
                );
                _keys.Add(new SortKey($"(CASE WHEN {column} IS NULL THEN 1 ELSE 0 END)", false, 'N'));
                _keys.Add(new SortKey($"COALESCE({column}, 0)", !entry.Ascending, 'D'));
                break;
            case LoggedModelFieldKind.Attribute when entry.Dataset is not null:
                throw StatusException.InvalidArgument($"`order_by` has a dataset with '{entry.Field}'; only metrics have one.");
            case LoggedModelFieldKind.Attribute:
                if (field.Key is "model_type" or "source_run")
                {
                    _keys.Add(new SortKey($"(CASE WHEN m.{field.Key} = '' THEN 1 ELSE 0 END)", false, 'N'));
                }

                _keys.Add(new SortKey("m." + field.Key, !entry.Ascending, field.IsNumber || field.Key == "status" ? 'N' : 'T'));
                break;
            default:
                throw StatusException.InvalidArgument(
                    $"Invalid order by field name: {entry.Field}. Only metrics and attributes are supported."
                );
        }
    }
}
