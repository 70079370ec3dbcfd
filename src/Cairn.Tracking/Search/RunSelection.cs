using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Tracking.Runs.Columns;

namespace Cairn.Tracking.Search;

/// <summary>
/// The part of a search that is answered from the columns of metrics: which runs pass the comparisons of metrics, and their order by a
/// metric or by their start.
/// </summary>
internal sealed class RunSelection
{
    private readonly ISqlSession _session;
    private readonly RunQuery _query;
    private readonly IReadOnlyList<RunOrder> _order;
    private readonly Dictionary<long, RunColumn> _columns = [];

    /// <summary>The runs that pass, by ascending chunks; null where no metric is compared, so that all do.</summary>
    private readonly List<(long Chunk, RunMask Runs)>? _passing;

    public RunSelection(
        ISqlSession session,
        RunQuery query,
        IReadOnlyList<MetricTest> tests,
        IReadOnlyList<RunOrder> order,
        Func<string, long?> keyOf
    )
    {
        _session = session;
        _query = query;
        _order = order;
        OrderKey = order.Count > 0 && order[0].Field.Kind == RunFieldKind.Metric ? keyOf(order[0].Field.Key) : null;
        foreach (var test in tests)
        {
            var column = keyOf(test.Metric) is { } key ? Read(key) : RunColumn.Empty;
            _passing = Passing(column, test, _passing ?? All(column));
        }
    }

    private static MetricTest AnyNumber { get; } = new("", double.NegativeInfinity, double.PositiveInfinity, false);

    /// <summary>The number of the metric that the order begins with, if it does and there is one.</summary>
    public long? OrderKey { get; }

    /// <summary>
    /// The runs of a phase in their order, from where the page before ended; null where the columns do not know which runs these are.
    /// </summary>
    /// <exception cref="StatusException">INVALID_ARGUMENT for a cursor that no page ended with.</exception>
    public RunRanking? Rank(RunPhase phase, SearchCursor? after)
    {
        if (phase is RunPhase.Missing or RunPhase.Plain && _passing is null)
        {
            return null;
        }

        var column = phase != RunPhase.Plain && OrderKey is { } key ? Read(key) : RunColumn.Empty;
        var byValue =
            phase == RunPhase.Numbers
                ? _order[0].Descending
                    ? -1.0
                    : 1.0
                : 0;
        var byStart = (double)StartSign(phase == RunPhase.Plain ? 0 : 1);
        var bound = after is null
            ? RankedRun.Before
            : new RankedRun(
                0,
                byValue == 0 ? 0 : byValue * Key<double>(after, 0),
                byStart == 0 ? 0 : byStart * Key<long>(after, phase is RunPhase.Numbers or RunPhase.NotNumbers ? 1 : 0)
            );
        var numbers = new RunColumn.Reader(column);
        var starts = new RunColumn.Reader(byStart == 0 ? RunColumn.Empty : Read(RunColumns.Started));
        var parts = new List<RankedRun[]>();
        Span<double> values = stackalloc double[RunColumnChunk.Size];
        Span<double> started = stackalloc double[RunColumnChunk.Size];
        Span<byte> slots = stackalloc byte[RunColumnChunk.Size];
        Span<RankedRun> ranked = new RankedRun[RunColumnChunk.Size];
        foreach (var (chunk, runs) in _passing ?? All(column))
        {
            var wanted = runs & OfPhase(phase, numbers.Read(chunk, values), values);
            if (wanted.IsEmpty)
            {
                continue;
            }

            if (byStart != 0)
            {
                starts.Read(chunk, started);
            }

            var count = 0;
            foreach (var slot in slots[..wanted.Slots(slots)])
            {
                var run = new RankedRun(
                    (chunk * RunColumnChunk.Size) + slot,
                    byValue == 0 ? 0 : byValue * values[slot],
                    byStart == 0 ? 0 : byStart * started[slot]
                );
                if (run.CompareTo(bound) >= 0)
                {
                    ranked[count++] = run;
                }
            }

            parts.Add(ranked[..count].ToArray());
        }

        return new RunRanking(parts);
    }

    private static T Key<T>(SearchCursor cursor, int index) =>
        cursor.Keys.Count > index && cursor.Keys[index] is T key
            ? key
            : throw StatusException.InvalidArgument("The page token is not one that this search returned.");

    private static List<(long Chunk, RunMask Runs)> All(RunColumn column) =>
        [.. column.Chunks.Select(static entry => (entry.Chunk, ~default(RunMask)))];

    private static List<(long Chunk, RunMask Runs)> Passing(RunColumn column, MetricTest test, List<(long Chunk, RunMask Runs)> among)
    {
        var reader = new RunColumn.Reader(column);
        var passing = new List<(long Chunk, RunMask Runs)>();
        Span<double> values = stackalloc double[RunColumnChunk.Size];
        foreach (var (chunk, runs) in among)
        {
            var both = reader.Read(chunk, values) & runs & test.Passing(values);
            if (!both.IsEmpty)
            {
                passing.Add((chunk, both));
            }
        }

        return passing;
    }

    /// <summary>Those of a chunk with a number for the ordering metric, with NaN, or without it.</summary>
    private static RunMask OfPhase(RunPhase phase, RunMask present, ReadOnlySpan<double> values) =>
        phase switch
        {
            RunPhase.Numbers => present & AnyNumber.Passing(values),
            RunPhase.NotNumbers => present & ~AnyNumber.Passing(values),
            RunPhase.Missing => ~present,
            _ => ~default(RunMask),
        };

    /// <summary>
    /// 1 or -1 where the order's entry is the start of the run, which it is after the last one; 0 where it is something else.
    /// </summary>
    private int StartSign(int entry) =>
        entry >= _order.Count ? -1
        : _order[entry].Field != new RunField(RunFieldKind.Attribute, "started") ? 0
        : _order[entry].Descending ? -1
        : 1;

    private RunColumn Read(long key)
    {
        if (!_columns.TryGetValue(key, out var column))
        {
            _columns[key] = column = RunColumns.Read(_session, _query.Experiments, key);
        }

        return column;
    }
}
