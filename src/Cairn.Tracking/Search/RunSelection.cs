using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Tracking.Runs.Columns;

namespace Cairn.Tracking.Search;

/// <summary>The part of a search that is answered from the columns of metrics: which runs pass the comparisons of metrics, and their order by a metric or by their start.</summary>
internal sealed class RunSelection
{
    private readonly ISqlSession session;
    private readonly RunQuery query;
    private readonly IReadOnlyList<RunOrder> order;

    /// <summary>The runs that pass, ascending; null where no metric is compared, so that all do.</summary>
    private readonly long[]? passing;

    private RunColumn? ordering;
    private RunColumn? started;

    public RunSelection(ISqlSession session, RunQuery query, IReadOnlyList<MetricTest> tests, IReadOnlyList<RunOrder> order, Func<string, long?> keyOf)
    {
        this.session = session;
        this.query = query;
        this.order = order;
        OrderKey = order.Count > 0 && order[0].Field.Kind == RunFieldKind.Metric ? keyOf(order[0].Field.Key) : null;
        foreach (var test in tests)
        {
            passing = Passing(keyOf(test.Metric) is { } key ? Read(key) : RunColumn.Empty, test);
        }

        long[] Passing(RunColumn column, MetricTest test)
        {
            if (passing is null)
            {
                return [.. column.Runs.Where((_, i) => test.Passes(column.Values[i]))];
            }

            var places = column.Find(passing);
            return [.. passing.Where((_, i) => places[i] >= 0 && test.Passes(column.Values[places[i]]))];
        }
    }

    /// <summary>The number of the metric that the order begins with, if it does and there is one.</summary>
    public long? OrderKey { get; }

    /// <summary>The runs of a phase in their order, from where the page before ended; null where the columns do not know which runs these are.</summary>
    /// <exception cref="StatusException">INVALID_ARGUMENT for a cursor that no page ended with.</exception>
    public RunRanking? Rank(RunPhase phase, SearchCursor? after)
    {
        if (phase is RunPhase.Missing or RunPhase.Plain && passing is null)
        {
            return null;
        }

        var byValue = phase is RunPhase.Numbers or RunPhase.NotNumbers;
        var (runs, values) = phase == RunPhase.Plain ? (passing!, []) : OfPhase(phase);
        var sign = StartSign(phase == RunPhase.Plain ? 0 : 1);
        var starts = sign == 0 ? [] : Starts(runs);
        var direction = order.Count > 0 && order[0].Descending ? -1.0 : 1.0;
        (double First, double Second) RankOf(int i) => (phase == RunPhase.Numbers ? direction * values[i] : 0, sign == 0 ? 0 : sign * starts[i]);
        var ranked = Enumerable.Range(0, runs.Length).Select(i => (Run: runs[i], Rank: RankOf(i)));
        if (after is not null)
        {
            var bound = (
                phase == RunPhase.Numbers ? direction * Key<double>(after, 0) : 0,
                sign == 0 ? 0 : sign * Key<long>(after, byValue ? 1 : 0));
            ranked = ranked.Where(entry => RunRanking.Compare(entry.Rank, bound) >= 0);
        }

        return new RunRanking(ranked);
    }

    private static T Key<T>(SearchCursor cursor, int index) => cursor.Keys.Count > index && cursor.Keys[index] is T key
        ? key
        : throw StatusException.InvalidArgument("The page token is not one that this search returned.");

    /// <summary>Of the runs that pass, those with a number for the ordering metric, with NaN, or without it.</summary>
    private (long[] Runs, double[] Values) OfPhase(RunPhase phase)
    {
        var column = ordering ??= OrderKey is { } key ? Read(key) : RunColumn.Empty;
        var all = passing ?? column.Runs;
        var places = passing is null ? null : column.Find(all);
        var runs = new List<long>(all.Length);
        var values = new List<double>(all.Length);
        for (var i = 0; i < all.Length; i++)
        {
            var place = places is null ? i : places[i];
            if (phase == (place < 0 ? RunPhase.Missing : double.IsNaN(column.Values[place]) ? RunPhase.NotNumbers : RunPhase.Numbers))
            {
                runs.Add(all[i]);
                values.Add(place < 0 ? 0 : column.Values[place]);
            }
        }

        return ([.. runs], [.. values]);
    }

    /// <summary>1 or -1 where the order's entry is the start of the run, which it is after the last one; 0 where it is something else.</summary>
    private int StartSign(int entry) => entry >= order.Count ? -1 : order[entry].Field != new RunField(RunFieldKind.Attribute, "started") ? 0 : order[entry].Descending ? -1 : 1;

    private double[] Starts(long[] runs)
    {
        var column = started ??= Read(RunColumns.Started);
        return Array.ConvertAll(column.Find(runs), place => place < 0 ? 0 : column.Values[place]);
    }

    private RunColumn Read(long key) => RunColumns.Read(session, query.Experiments, key);
}
