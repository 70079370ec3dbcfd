using Cairn.Kernel.Database;
using Google.Cloud.Logging.V2;
using Google.Protobuf;

namespace Cairn.Jobs.Logs;

/// <summary>Log entries by project and time.</summary>
internal sealed class LogStore(IDatabase database, LogTable table, IEnumerable<IJobMembers> members, TimeProvider time)
{
    private const int ScanBatch = 1000;
    private const string JobLabel = "job_id";
    private const string TrialLabel = "ml.googleapis.com/trial_id";

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
            var (rows, parts) = await database.ReadAsync(
                session =>
                {
                    var parts = Members(session, project, filter.Bounds.Job);
                    return (table.Read(session, project, filter.Bounds, [.. parts.Keys], descending, from, ScanBatch), parts);
                },
                cancellation);
            foreach (var row in rows)
            {
                after = row.Position;
                var entry = LogEntry.Parser.ParseFrom(row.Body);
                if (parts.TryGetValue(row.Job, out var trial))
                {
                    entry.Resource.Labels[JobLabel] = filter.Bounds.Job;
                    entry.Labels[TrialLabel] = trial;
                }

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

    /// <summary>The custom jobs that a job is made of, with their trials: in its log they are it, as Vertex has it.</summary>
    private Dictionary<string, string> Members(ISqlSession session, string project, string? job) => job is null
        ? []
        : members.SelectMany(kind => kind.Of(session, project, job)).DistinctBy(static member => member.Job).ToDictionary(static member => member.Job, static member => member.Trial);

    private static LogRow ToRow(LogEntry entry)
    {
        var name = LogName.Parse(entry.LogName);
        return new LogRow(
            name.Project,
            LogTimes.Of(entry.Timestamp),
            entry.InsertId,
            name.Log,
            (int)entry.Severity,
            entry.Resource?.Labels.TryGetValue(JobLabel, out var job) == true ? job : "",
            entry.ToByteArray());
    }
}
