using System.Diagnostics;
using System.Diagnostics.Metrics;
using Cairn.Kernel.Telemetry;

namespace Cairn.Kernel.Database;

/// <summary>How the store commits: how long, how many calls together, and how often it had to try again.</summary>
public sealed class StoreTelemetry
{
    public const string Commit = "cairn.store.commit.duration";
    public const string Group = "cairn.store.commit.calls";
    public const string Conflicts = "cairn.store.conflicts";

    private const string System = "db.system.name";

    private readonly Histogram<double> _commit;
    private readonly Histogram<long> _group;
    private readonly Counter<long> _conflicts;

    public StoreTelemetry(IMeterFactory meters)
    {
        var meter = meters.Create(TelemetryNames.Meter);
        _commit = meter.CreateHistogram(
            Commit,
            "s",
            "How long transactions that write took, from their begin to their commit.",
            null,
            Buckets.Calls
        );
        _group = meter.CreateHistogram(Group, "{call}", "How many calls shared a commit.", null, Buckets.Counts);
        _conflicts = meter.CreateCounter<long>(Conflicts, "{transaction}", "Transactions that were run again because of others.");
    }

    /// <summary>When a transaction began; 0 where nobody measures.</summary>
    internal long Begin() => _commit.Enabled ? Stopwatch.GetTimestamp() : 0;

    /// <param name="began">From <see cref="Begin"/>.</param>
    /// <param name="dialect">The engine.</param>
    /// <param name="calls">How many calls it was for.</param>
    /// <param name="failure">What it failed with: one of a few words; null where it was committed.</param>
    internal void Ended(long began, SqlDialect dialect, int calls, string? failure)
    {
        if (began == 0)
        {
            return;
        }

        var tags = Of(dialect);
        if (failure is null)
        {
            _group.Record(calls, tags);
        }
        else
        {
            tags.Add(TelemetryNames.ErrorType, failure);
        }

        _commit.Record(Stopwatch.GetElapsedTime(began).TotalSeconds, tags);
    }

    internal void Conflict(SqlDialect dialect) => _conflicts.Add(1, Of(dialect));

    private static TagList Of(SqlDialect dialect) => new() { { System, Name(dialect) } };

    /// <summary>The engine by the name that the conventions give it.</summary>
    internal static string Name(SqlDialect dialect) => dialect == SqlDialect.Sqlite ? "sqlite" : "postgresql";

    /// <summary>
    /// A call's write as a span, with how long it waited for its turn; just the call where nobody records it.
    /// </summary>
    internal static async Task<T> TracedAsync<T>(SqlDialect dialect, Func<Activity, Task<T>> write)
    {
        using var span = TelemetryNames.Spans.StartActivity("transaction", ActivityKind.Client)!;
        span?.SetTag(System, Name(dialect));
        try
        {
            return await write(span!);
        }
        catch
        {
            span?.SetStatus(ActivityStatusCode.Error);
            throw;
        }
    }
}
