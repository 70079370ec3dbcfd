using Cairn.Kernel.Database;
using Google.Cloud.Logging.V2;
using Google.Protobuf;

namespace Cairn.Jobs.Logs;

/// <summary>Log entries by project and time.</summary>
internal sealed class LogStore(IDatabase database, LogTable table, TimeProvider time)
{
    private const int ScanBatch = 1000;

    /// <summary>How many entries one listing looks at before it returns what it has found, with a token to go on from.</summary>
    private const int MaxScanned = 50_000;

    /// <summary>Writes entries that have their log name, timestamp and insert id. Those that are there already stay as they are.</summary>
    public Task WriteAsync(IReadOnlyList<LogEntry> entries, CancellationToken cancellation)
    {
        var rows = entries.Select(ToRow).ToList();
        return database.WriteAsync(
            session =>
            {
                // Told within the transaction: as near to the commit, after which others see it, as can be.
                var received = LogTimes.Of(time.GetUtcNow());
                foreach (var row in rows)
                {
                    table.Insert(session, row, received);
                }

                return rows.Count;
            },
            cancellation);
    }

    /// <summary>
    /// Entries of a project that a filter accepts, in order, and the position of the last that was looked at where there may be more.
    /// </summary>
    public async Task<(List<LogEntry> Entries, LogPosition? Next)> ReadAsync(
        string project, LogFilter filter, bool descending, LogPosition? after, int limit, CancellationToken cancellation)
    {
        var found = new List<LogEntry>();
        for (var scanned = 0; scanned < MaxScanned; scanned += ScanBatch)
        {
            var from = after;
            var rows = await database.ReadAsync(session => table.Read(session, project, filter.Bounds, descending, from, ScanBatch), cancellation);
            foreach (var row in rows)
            {
                after = row.Position;
                var entry = LogEntry.Parser.ParseFrom(row.Body);
                if (filter.Accepts(entry))
                {
                    found.Add(entry);
                    if (found.Count == limit)
                    {
                        return (found, after);
                    }
                }
            }

            if (rows.Count < ScanBatch)
            {
                return (found, null);
            }
        }

        return (found, after);
    }

    private static LogRow ToRow(LogEntry entry)
    {
        var name = LogName.Parse(entry.LogName);
        return new LogRow(
            name.Project,
            LogTimes.Of(entry.Timestamp),
            entry.InsertId,
            name.Log,
            (int)entry.Severity,
            entry.Resource?.Labels.TryGetValue("job_id", out var job) == true ? job : "",
            entry.ToByteArray());
    }
}
