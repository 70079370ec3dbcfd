using System.Globalization;
using Cairn.Tracking.Runs;

namespace Cairn.Tracking.Search;

/// <summary>
/// The statement of one phase of a run search. Ordering by a metric has three phases: runs with a number, runs whose
/// value is NaN, runs that never logged it. Any other order has one.
/// </summary>
internal sealed class RunStatement
{
    private readonly SearchArguments _arguments;
    private readonly List<SortKey> _keys = [];
    private readonly List<string> _joins = [];
    private readonly List<string> _conditions = [];
    private readonly Func<string, long?> _keyOf;
    private readonly string _head = "";

    /// <param name="arguments">Where values go.</param>
    /// <param name="query">The search.</param>
    /// <param name="clauses">Comparisons of all but metrics.</param>
    /// <param name="order">How runs are ordered.</param>
    /// <param name="keyOf">The number of a metric's name, or null where nothing has that name.</param>
    /// <param name="phase">Which runs.</param>
    /// <param name="among">The runs among which those of the phase are, if these are known: always for those that have the metric.</param>
    public RunStatement(
        SearchArguments arguments,
        RunQuery query,
        IEnumerable<SearchClause> clauses,
        IReadOnlyList<RunOrder> order,
        Func<string, long?> keyOf,
        RunPhase phase,
        IReadOnlyList<long>? among
    )
    {
        _arguments = arguments;
        _keyOf = keyOf;
        var from = "runs r";
        if (among is not null)
        {
            _head = $"WITH among(id) AS ({IdList.Sql(arguments.Dialect, arguments.Add(IdList.Argument(among)))}) ";
            from = "among CROSS JOIN runs r";
            _conditions.Add("r.id = among.id");
        }

        if (phase is RunPhase.Numbers or RunPhase.NotNumbers)
        {
            from += " CROSS JOIN run_metrics o";
            _conditions.Add($"o.run = r.id AND o.key = {arguments.Add(keyOf(order[0].Field.Key))}");
            _keys.Add(new SortKey("o.value", order[0].Descending, 'D'));
        }
        else if (phase == RunPhase.Missing && among is null && keyOf(order[0].Field.Key) is { } key)
        {
            _conditions.Add($"NOT EXISTS (SELECT 1 FROM run_metrics m WHERE m.run = r.id AND m.key = {arguments.Add(key)})");
        }

        _conditions.Add(Experiments(query));
        if (query.Stage is { } stage)
        {
            _conditions.Add($"r.stage = {arguments.Add((long)stage)}");
        }

        var filter = new RunFilter(arguments);
        _conditions.AddRange(clauses.Select(filter.Condition));
        foreach (var entry in phase == RunPhase.Plain ? order : order.Skip(1))
        {
            Sort(entry);
        }

        if (!_keys.Any(static key => key.Sql == "r.started"))
        {
            _keys.Add(new SortKey("r.started", true, 'N'));
        }

        _keys.Add(new SortKey("r.uuid", false, 'T'));
        Source = from + string.Concat(_joins);
    }

    public IReadOnlyList<SortKey> Keys => _keys;

    private string Source { get; }

    public string Text(SearchCursor? after, int limit)
    {
        var where = after is null ? _conditions : [.. _conditions, SortKey.After(_keys, after.Keys, _arguments)];
        return $"{_head}SELECT {RunStore.Columns}{string.Concat(_keys.Select(static key => ", " + key.Sql))} FROM {Source} WHERE {string.Join(" AND ", where)} "
            + $"ORDER BY {SortKey.OrderBy(_keys)} LIMIT {limit.ToString(CultureInfo.InvariantCulture)}";
    }

    private string Experiments(RunQuery query)
    {
        if (query.Experiments.Count == 1)
        {
            return $"r.experiment = {_arguments.Add(query.Experiments[0])}";
        }

        var list = _arguments.Add(IdList.Argument(query.Experiments));
        return $"r.experiment IN ({IdList.Sql(_arguments.Dialect, list)})";
    }

    private void Sort(RunOrder entry)
    {
        var alias = "k" + _keys.Count.ToString(CultureInfo.InvariantCulture);
        switch (entry.Field.Kind)
        {
            case RunFieldKind.Metric:
                _joins.Add(
                    $" LEFT JOIN run_metrics {alias} ON {alias}.run = r.id AND {alias}.key = {_arguments.Add(_keyOf(entry.Field.Key) ?? -1)}"
                );
                _keys.Add(new SortKey($"(CASE WHEN {alias}.run IS NULL THEN 2 WHEN {alias}.nan = 1 THEN 1 ELSE 0 END)", false, 'N'));
                _keys.Add(new SortKey($"COALESCE({alias}.value, 0)", entry.Descending, 'D'));
                break;
            case RunFieldKind.Param or RunFieldKind.Tag:
                var table = entry.Field.Kind == RunFieldKind.Param ? "run_params" : "run_tags";
                _joins.Add($" LEFT JOIN {table} {alias} ON {alias}.run = r.id AND {alias}.key = {_arguments.Add(entry.Field.Key)}");
                _keys.Add(new SortKey($"(CASE WHEN {alias}.run IS NULL THEN 1 ELSE 0 END)", false, 'N'));
                _keys.Add(new SortKey($"COALESCE({alias}.value, '')", entry.Descending, 'T'));
                break;
            case RunFieldKind.Dataset:
                throw Kernel.Errors.StatusException.InvalidArgument("Runs cannot be ordered by their datasets: a run may have several.");
            default:
                Attribute(entry);
                break;
        }
    }

    private void Attribute(RunOrder entry)
    {
        if (entry.Field.Key == "ended")
        {
            _keys.Add(new SortKey("(CASE WHEN r.ended IS NULL THEN 1 ELSE 0 END)", false, 'N'));
            _keys.Add(new SortKey("COALESCE(r.ended, 0)", entry.Descending, 'N'));
            return;
        }

        _keys.Add(
            new SortKey("r." + entry.Field.Key, entry.Descending, entry.Field.Key is "started" or "experiment" or "status" ? 'N' : 'T')
        );
    }
}
