using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Tracking.Metrics;
using Cairn.Tracking.Runs;

namespace Cairn.Tracking.Search;

/// <summary>
/// Searches runs by MLflow's language, a page at a time. Comparisons of metrics, and orders by a metric or by the start, are answered from
/// the columns of metrics (<see cref="RunSelection"/>); what else is asked of a run, by the engine, of as many runs as the page needs.
/// </summary>
public sealed class RunSearch(IDatabase database, MetricKeys metricKeys, MetricFold fold, RunDataReader reader)
{
    /// <summary>Runs that the engine is asked about at once: at least this many, and at most.</summary>
    private const int LeastAtOnce = 200;
    private const int MostAtOnce = 20_000;

    /// <summary>How many columns of a row are the run's; what it is ordered by follows.</summary>
    private static int OwnColumns { get; } = RunStore.Columns.Split(',').Length;

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

        await fold.FoldAsync(cancellation);
        return await database.ReadAsync(session => Search(session, query, clauses, order, cursor), cancellation);
    }

    private RunPage Search(
        ISqlSession session,
        RunQuery query,
        IReadOnlyList<SearchClause> clauses,
        IReadOnlyList<RunOrder> order,
        SearchCursor? cursor
    )
    {
        long? KeyOf(string name) => metricKeys.Find(session, name);
        var byField = clauses.ToLookup(static clause => RunField.Parse(clause.Path));
        var tests = byField
            .Where(static group => group.Key.Kind == RunFieldKind.Metric)
            .SelectMany(static group => group.Select(clause => MetricTest.Of(group.Key.Key, clause)))
            .ToList();
        var others = byField.Where(static group => group.Key.Kind != RunFieldKind.Metric).SelectMany(static group => group).ToList();
        var byMetric = order.Count > 0 && order[0].Field.Kind == RunFieldKind.Metric;
        if (cursor is not null && byMetric == (cursor.Phase == (int)RunPhase.Plain))
        {
            throw StatusException.InvalidArgument("The page token is not one that this search returned.");
        }

        var selection = new RunSelection(session, query, tests, order, KeyOf);
        var phase = cursor is null
            ? byMetric
                ? RunPhase.Numbers
                : RunPhase.Plain
            : (RunPhase)cursor.Phase;
        var last = byMetric ? RunPhase.Missing : RunPhase.Plain;
        var runs = new List<Run>();
        var token = "";
        for (; phase <= last && token.Length == 0; phase++, cursor = null)
        {
            if (phase < RunPhase.Missing && selection.OrderKey is null)
            {
                continue;
            }

            // A page that ended with a phase goes on at the beginning of the next.
            cursor = cursor is { Keys.Count: 0 } ? null : cursor;
            var found = Found(session, query, others, order, KeyOf, phase, cursor, selection, query.PageSize - runs.Count + 1);
            var room = query.PageSize - runs.Count;
            runs.AddRange(found.Take(room).Select(static entry => entry.Run));
            if (found.Count > room)
            {
                token = new SearchCursor((int)phase, room == 0 ? [] : found[room - 1].Keys).Write(query.Identity);
            }
        }

        return new RunPage(runs, reader.Read(session, runs), token);
    }

    /// <summary>The first runs of a phase after the cursor, with what they are ordered by.</summary>
    private static List<(Run Run, object[] Keys)> Found(
        ISqlSession session,
        RunQuery query,
        IReadOnlyList<SearchClause> clauses,
        IReadOnlyList<RunOrder> order,
        Func<string, long?> keyOf,
        RunPhase phase,
        SearchCursor? cursor,
        RunSelection selection,
        int limit
    )
    {
        if (selection.Rank(phase, cursor) is not { } ranking)
        {
            return Ask(null);
        }

        var found = new List<(Run Run, object[] Keys)>();
        var asked = 0;
        var next = clauses.Count == 0 ? limit : 2 * limit;
        do
        {
            var among = ranking.Next(Math.Clamp(next, LeastAtOnce, MostAtOnce));
            found.AddRange(Ask(among));
            asked += among.Count;
            if (ranking.IsEmpty)
            {
                break;
            }

            // As many as it takes if the share that passes stays what it is, and a quarter more.
            next = (int)Math.Min(MostAtOnce, 1.25 * (limit - found.Count) * asked / Math.Max(1, found.Count));
        } while (found.Count < limit);
        return found;

        List<(Run Run, object[] Keys)> Ask(IReadOnlyList<long>? among)
        {
            var arguments = new SearchArguments(session.Dialect);
            var statement = new RunStatement(arguments, query, clauses, order, keyOf, phase, among);
            if (cursor is not null && cursor.Keys.Count != statement.Keys.Count)
            {
                throw StatusException.InvalidArgument("The page token is not one that this search returned.");
            }

            var text = statement.Text(cursor, limit);
            return session.Query(
                text,
                row => (RunStore.Read(row), statement.Keys.Select((key, i) => key.Read(row, OwnColumns + i)).ToArray()),
                arguments.Values
            );
        }
    }
}
