using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Tracking.Metrics;
using Cairn.Tracking.Runs;

namespace Cairn.Tracking.Search;

/// <summary>Searches runs by MLflow's language, a page at a time, in the engine.</summary>
public sealed class RunSearch(IDatabase database, MetricKeys metricKeys, MetricFold fold, RunDataReader reader)
{
    /// <summary>A metric filter that fewer runs pass than this is where the search begins; else the order's index is walked and the filter probed.</summary>
    private const int Selective = 2_000;

    /// <exception cref="StatusException">INVALID_ARGUMENT for a filter, order or token that cannot be read.</exception>
    public async Task<RunPage> SearchAsync(RunQuery query, CancellationToken cancellation = default)
    {
        if (query.PageSize is < 1 or > RunQuery.MaxPage)
        {
            throw StatusException.InvalidArgument($"`max_results` is {query.PageSize}; it must be 1 to {RunQuery.MaxPage}.");
        }

        var clauses = SearchParser.Parse(query.Filter);
        var order = RunOrder.Parse(query.OrderBy);
        var cursor = SearchCursor.Read(query.Identity, query.PageToken);
        if (query.Experiments.Count == 0)
        {
            return new RunPage([], new Dictionary<long, RunData>(), "");
        }

        await fold.FoldAsync(cancellation).ConfigureAwait(false);
        return await database.ReadAsync(session => Search(session, query, clauses, order, cursor), cancellation).ConfigureAwait(false);
    }

    private RunPage Search(ISqlSession session, RunQuery query, IReadOnlyList<SearchClause> clauses, IReadOnlyList<RunOrder> order, SearchCursor? cursor)
    {
        long? KeyOf(string name) => metricKeys.Find(session, name);
        var driver = Driver(session, query, clauses, KeyOf);
        var byMetric = order.Count > 0 && order[0].Field.Kind == RunFieldKind.Metric;
        if (cursor is not null && byMetric == (cursor.Phase == (int)RunPhase.Plain))
        {
            throw StatusException.InvalidArgument("The page token is not one that this search returned.");
        }

        var phase = cursor is null ? byMetric ? RunPhase.Numbers : RunPhase.Plain : (RunPhase)cursor.Phase;
        var last = byMetric ? RunPhase.Missing : RunPhase.Plain;
        var runs = new List<Run>();
        var token = "";
        for (; phase <= last && token.Length == 0; phase++, cursor = null)
        {
            if (phase < RunPhase.Missing && KeyOf(order[0].Field.Key) is null)
            {
                continue;
            }

            var arguments = new SearchArguments(session.Dialect);
            var statement = new RunStatement(arguments, query, clauses, order, KeyOf, phase, driver);
            // A page that ended with a phase goes on at the beginning of the next.
            cursor = cursor is { Keys.Count: 0 } ? null : cursor;
            if (cursor is not null && cursor.Keys.Count != statement.Keys.Count)
            {
                throw StatusException.InvalidArgument("The page token is not one that this search returned.");
            }

            object[] keys = [];
            var left = query.PageSize - runs.Count;
            var found = 0;
            var page = session.Query(
                statement.Text(cursor, left + 1),
                row =>
                {
                    if (++found <= left)
                    {
                        keys = [.. statement.Keys.Select((key, i) => key.Read(row, RunColumns + i))];
                    }

                    return RunStore.Read(row);
                },
                arguments.Values);
            runs.AddRange(page.Take(left));
            if (page.Count > left)
            {
                token = new SearchCursor((int)phase, keys).Write(query.Identity);
            }
        }

        return new RunPage(runs, reader.Read(session, runs), token);
    }

    private static int RunColumns { get; } = RunStore.Columns.Split(',').Length;

    /// <summary>The metric comparison that the fewest runs pass, where that is few.</summary>
    private static SearchClause? Driver(ISqlSession session, RunQuery query, IReadOnlyList<SearchClause> clauses, Func<string, long?> keyOf)
    {
        SearchClause? best = null;
        var fewest = Selective;
        foreach (var clause in clauses)
        {
            if (RunField.Parse(clause.Path) is not { Kind: RunFieldKind.Metric } field || clause.Operator == "!=" || keyOf(field.Key) is not { } key)
            {
                continue;
            }

            var arguments = new SearchArguments(session.Dialect);
            var experiments = string.Join(" OR ", query.Experiments.Select(id => $"experiment = {arguments.Add(id)}"));
            if (query.Experiments.Count > 16)
            {
                return null;
            }

            var count = (int)session.QueryFirst(
                $"SELECT COUNT(*) FROM (SELECT 1 FROM run_metrics WHERE ({experiments}) AND key = {arguments.Add(key)} AND nan = 0 AND {arguments.Number("value", clause, RunFilter.Number(clause))} LIMIT {Selective}) s",
                static row => row.GetInt64(0),
                arguments.Values);
            if (count < fewest)
            {
                (best, fewest) = (clause, count);
            }
        }

        return best;
    }
}
