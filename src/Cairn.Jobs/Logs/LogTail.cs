using Cairn.Jobs.Logs.Blocks;
using Cairn.Kernel.Database;
using Google.Cloud.Logging.V2;
using Reason = Google.Cloud.Logging.V2.TailLogEntriesResponse.Types.SuppressionInfo.Types.Reason;

namespace Cairn.Jobs.Logs;

/// <summary>
/// The entries of a project as they arrive, whichever server they arrive at and whatever their timestamps say. They are looked for by their
/// time of arrival, and those of the last moments again each time, because a writer with an earlier time may commit after one with a later;
/// what was given already is remembered for as long.
/// </summary>
internal sealed class LogTail
{
    /// <summary>Longer than a commit takes.</summary>
    private static readonly TimeSpan Overlap = TimeSpan.FromSeconds(5);

    /// <summary>The most entries of one look; what arrives faster is counted and left out.</summary>
    private const int MaxBatch = 5_000;

    private readonly IDatabase _database;
    private readonly LogTable _table;
    private readonly LogBlockTable _blocks;
    private readonly TimeProvider _time;
    private readonly long _begun;
    private readonly Dictionary<LogPosition, long> _given = [];
    private long _looked;

    public LogTail(IDatabase database, LogTable table, LogBlockTable blocks, TimeProvider time)
    {
        _database = database;
        _table = table;
        _blocks = blocks;
        _time = time;
        _begun = _looked = LogTimes.Of(time.GetUtcNow());
    }

    /// <summary>
    /// What has arrived since the last look and at least <paramref name="hold"/> ago, in the order of timestamps, with what has arrived
    /// later and belongs before it; null for nothing.
    /// </summary>
    public async Task<TailLogEntriesResponse?> LookAsync(string project, LogFilter filter, TimeSpan hold, CancellationToken cancellation)
    {
        var now = LogTimes.Of(_time.GetUtcNow());
        var until = now - (hold.Ticks * TimeSpan.NanosecondsPerTick);
        var from = Math.Max(_begun, _looked - (Overlap.Ticks * TimeSpan.NanosecondsPerTick));
        if (until <= _looked)
        {
            return null;
        }

        var rows = await _database.ReadAsync(session => Arrived(session, project, from, now, MaxBatch + _given.Count + 1), cancellation);
        var fresh = rows.Where(row => !_given.ContainsKey(row.Row.Position)).ToList();
        var last = fresh.Where(row => row.Received < until).Select(static row => row.Row.Nanoseconds).DefaultIfEmpty(long.MinValue).Max();
        fresh.RemoveAll(row => row.Received >= until && row.Row.Nanoseconds > last);
        foreach (var row in fresh)
        {
            _given[row.Row.Position] = row.Received;
        }

        Forget(from);
        _looked = until;
        var response = new TailLogEntriesResponse();
        if (fresh.Count > MaxBatch)
        {
            // Those that were not even read are not known by number; that some are left out is.
            response.SuppressionInfo.Add(
                new TailLogEntriesResponse.Types.SuppressionInfo { Reason = Reason.RateLimit, SuppressedCount = fresh.Count - MaxBatch }
            );
        }

        response.Entries.AddRange(
            fresh
                .Take(MaxBatch)
                .Select(static row => row.Row)
                .OrderBy(static row => row.Nanoseconds)
                .ThenBy(static row => row.InsertId, StringComparer.Ordinal)
                .Select(static row => row.Entry())
                .Where(filter.Accepts)
        );
        return response.Entries.Count + response.SuppressionInfo.Count > 0 ? response : null;
    }

    private List<(LogRow Row, long Received)> Arrived(ISqlSession session, string project, long from, long until, int limit)
    {
        var single = _table.Arrived(session, project, from, until, limit).Select(static row => ((LogRow)row.Row, row.Received));
        var lines = _blocks
            .Arrived(session, project, from, until, limit)
            .SelectMany(static block => block.Rows().Select(row => (row, block.Received)));
        return [.. single.Concat(lines).OrderBy(static row => row.Received).Take(limit)];
    }

    private void Forget(long before)
    {
        foreach (var (position, received) in _given)
        {
            if (received < before)
            {
                _given.Remove(position);
            }
        }
    }
}
