using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Cairn.Kernel.Database;
using Cairn.Kernel.Store;
using Cairn.Kernel.Telemetry;
using Cairn.Kernel.Work.Chores;

namespace Cairn.Kernel.Work;

/// <summary>What long work waits for and how its steps fare, by kind: the kinds are those of the program's own workers.</summary>
public sealed class WorkTelemetry : ITelemetryProbe
{
    public const string Due = "cairn.work.due";
    public const string Age = "cairn.work.due.age";
    public const string Running = "cairn.work.running";
    public const string Step = "cairn.work.step.duration";

    private const string Kind = "cairn.work.kind";

    private readonly IDatabase _database;
    private readonly TimeProvider _time;
    private readonly IReadOnlyList<string> _kinds;
    private readonly IReadOnlyList<string> _all;
    private readonly ConcurrentDictionary<string, int> _running = new();
    private readonly Histogram<double> _step;
    private IReadOnlyList<(string Kind, long Count, double Age)> _due = [];

    public WorkTelemetry(
        IMeterFactory meters,
        IDatabase database,
        IEnumerable<IWorker> workers,
        TimeProvider time,
        IEnumerable<ServerChore>? chores = null
    )
    {
        _database = database;
        _time = time;
        _kinds = [.. workers.Select(static worker => worker.Kind.Name)];
        _all = [.. _kinds, .. (chores ?? []).Select(static chore => chore.Inner.Chore.Kind)];
        var meter = meters.Create(TelemetryNames.Meter);
        meter.CreateObservableGauge(
            Due,
            () => _due.Select(static kind => new Measurement<long>(kind.Count, Of(kind.Kind))),
            "{item}",
            "Items of work that are due and that no server has."
        );
        meter.CreateObservableGauge(
            Age,
            () => _due.Select(static kind => new Measurement<double>(kind.Age, Of(kind.Kind))),
            "s",
            "For how long the item has been due that waits longest; 0 where none does."
        );
        meter.CreateObservableUpDownCounter(
            Running,
            () => _all.Select(kind => new Measurement<long>(_running.GetValueOrDefault(kind), Of(kind))),
            "{step}",
            "Steps that run on this server."
        );
        _step = meter.CreateHistogram(Step, "s", "How long steps took, and how they ended.", null, Buckets.Long);
    }

    public async Task LookAsync(CancellationToken cancellation)
    {
        var now = Timestamps.ToMicros(_time.GetUtcNow());
        _due = await _database.ReadAsync(
            session =>
                _kinds
                    .Select(kind =>
                    {
                        var (count, first) = WorkTable.Due(session, kind, now);
                        return (kind, count, first is { } due ? Math.Max(0, now - due) / 1e6 : 0.0);
                    })
                    .ToList(),
            cancellation
        );
    }

    internal long Began(string kind)
    {
        _running.AddOrUpdate(kind, 1, static (_, count) => count + 1);
        return Stopwatch.GetTimestamp();
    }

    /// <param name="kind">The worker's.</param>
    /// <param name="began">From <see cref="Began"/>.</param>
    /// <param name="outcome"><c>done</c>, <c>again</c>, <c>failed</c> or <c>stopped</c>.</param>
    internal void Ended(string kind, long began, string outcome)
    {
        _running.AddOrUpdate(kind, 0, static (_, count) => count - 1);
        _step.Record(
            Stopwatch.GetElapsedTime(began).TotalSeconds,
            Of(kind),
            KeyValuePair.Create<string, object?>(TelemetryNames.Outcome, outcome)
        );
    }

    private static KeyValuePair<string, object?> Of(string kind) => new(Kind, kind);
}
