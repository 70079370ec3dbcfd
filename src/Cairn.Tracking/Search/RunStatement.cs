using System.Globalization;
using Cairn.Tracking.Runs;

namespace Cairn.Tracking.Search;

/// <summary>
/// The statement of one phase of a run search. Ordering by a metric has three phases: runs with a number, in the order of the index over (experiment, key, value);
/// runs whose value is NaN; runs that never logged it. Any other order has one.
/// </summary>
internal sealed class RunStatement
{
    private readonly SearchArguments arguments;
    private readonly List<SortKey> keys = [];
    private readonly List<string> joins = [];
    private readonly List<string> conditions = [];
    private readonly Func<string, long?> keyOf;

    public RunStatement(SearchArguments arguments, RunQuery query, IReadOnlyList<SearchClause> clauses, IReadOnlyList<RunOrder> order, Func<string, long?> keyOf, RunPhase phase, SearchClause? driver)
    {
        this.arguments = arguments;
        this.keyOf = keyOf;
        var from = From(query, order, phase, driver);
        var filter = new RunFilter(arguments, keyOf);
        conditions.AddRange(clauses.Where(clause => clause != driver).Select(filter.Condition));
        foreach (var entry in phase == RunPhase.Plain ? order : order.Skip(1))
        {
            Sort(entry);
        }

        if (!keys.Any(static key => key.Sql == "r.started"))
        {
            keys.Add(new SortKey("r.started", true, 'N'));
        }

        keys.Add(new SortKey("r.uuid", false, 'T'));
        Source = from + string.Concat(joins);
    }

    public IReadOnlyList<SortKey> Keys => keys;

    private string Source { get; }

    public string Text(SearchCursor? after, int limit)
    {
        var where = after is null ? conditions : [.. conditions, SortKey.After(keys, after.Keys, arguments)];
        return $"SELECT {RunStore.Columns}{string.Concat(keys.Select(static key => ", " + key.Sql))} FROM {Source} WHERE {string.Join(" AND ", where)} "
            + $"ORDER BY {SortKey.OrderBy(keys)} LIMIT {limit.ToString(CultureInfo.InvariantCulture)}";
    }

    /// <summary>The table that is walked: the filter's index where few rows match it, the order's index, or the runs themselves.</summary>
    private string From(RunQuery query, IReadOnlyList<RunOrder> order, RunPhase phase, SearchClause? driver)
    {
        var from = "runs r";
        if (driver is not null)
        {
            from = "run_metrics f CROSS JOIN runs r";
            conditions.Add(Experiments("f", query));
            conditions.Add($"f.key = {arguments.Add(keyOf(RunField.Parse(driver.Path).Key))} AND f.nan = 0 AND {arguments.Number("f.value", driver, RunFilter.Number(driver))} AND r.id = f.run");
        }

        if (phase is RunPhase.Numbers or RunPhase.NotNumbers)
        {
            var key = arguments.Add(keyOf(order[0].Field.Key));
            conditions.Add(Experiments("o", query));
            conditions.Add($"o.key = {key} AND o.nan = {(phase == RunPhase.Numbers ? 0 : 1)} AND r.id = o.run");
            from = driver is null ? "run_metrics o CROSS JOIN runs r" : from + " CROSS JOIN run_metrics o";
            keys.Add(new SortKey("o.value", order[0].Descending, 'D'));
        }
        else if (phase == RunPhase.Missing)
        {
            conditions.Add(keyOf(order[0].Field.Key) is { } key ? $"NOT EXISTS (SELECT 1 FROM run_metrics m WHERE m.run = r.id AND m.key = {arguments.Add(key)})" : "1 = 1");
        }

        conditions.Add(Experiments("r", query));
        if (query.Stage is { } stage)
        {
            conditions.Add($"r.stage = {arguments.Add((long)stage)}");
        }

        return from;
    }

    private string Experiments(string table, RunQuery query)
    {
        if (query.Experiments.Count == 1)
        {
            return $"{table}.experiment = {arguments.Add(query.Experiments[0])}";
        }

        var list = arguments.Add(IdList.Argument(query.Experiments));
        return $"{table}.experiment IN ({IdList.Sql(arguments.Dialect, list)})";
    }

    private void Sort(RunOrder entry)
    {
        var alias = "k" + keys.Count.ToString(CultureInfo.InvariantCulture);
        switch (entry.Field.Kind)
        {
            case RunFieldKind.Metric:
                joins.Add($" LEFT JOIN run_metrics {alias} ON {alias}.run = r.id AND {alias}.key = {arguments.Add(keyOf(entry.Field.Key) ?? -1)}");
                keys.Add(new SortKey($"(CASE WHEN {alias}.run IS NULL THEN 2 WHEN {alias}.nan = 1 THEN 1 ELSE 0 END)", false, 'N'));
                keys.Add(new SortKey($"COALESCE({alias}.value, 0)", entry.Descending, 'D'));
                break;
            case RunFieldKind.Param or RunFieldKind.Tag:
                var table = entry.Field.Kind == RunFieldKind.Param ? "run_params" : "run_tags";
                joins.Add($" LEFT JOIN {table} {alias} ON {alias}.run = r.id AND {alias}.key = {arguments.Add(entry.Field.Key)}");
                keys.Add(new SortKey($"(CASE WHEN {alias}.run IS NULL THEN 1 ELSE 0 END)", false, 'N'));
                keys.Add(new SortKey($"COALESCE({alias}.value, '')", entry.Descending, 'T'));
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
            keys.Add(new SortKey("(CASE WHEN r.ended IS NULL THEN 1 ELSE 0 END)", false, 'N'));
            keys.Add(new SortKey("COALESCE(r.ended, 0)", entry.Descending, 'N'));
            return;
        }

        keys.Add(new SortKey("r." + entry.Field.Key, entry.Descending, entry.Field.Key is "started" or "experiment" or "status" ? 'N' : 'T'));
    }
}
