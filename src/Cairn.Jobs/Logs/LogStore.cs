using Cairn.Jobs.Logs.Blocks;
using Cairn.Kernel.Database;
using Google.Cloud.Logging.V2;
using Google.Protobuf;

namespace Cairn.Jobs.Logs;

/// <summary>
/// Log entries by project and time: those that were written one by one, and what jobs print, which is kept in blocks. Readers see no
/// difference.
/// </summary>
internal sealed class LogStore(
    IDatabase database,
    LogTable table,
    LogBlockTable blocks,
    IEnumerable<IJobMembers> members,
    TimeProvider time
)
{
    private const int ScanBatch = 1000;
    private const string JobLabel = "job_id";
    private const string TrialLabel = "ml.googleapis.com/trial_id";

    /// <summary>How many entries one listing looks at before it returns what it has found, with a token to go on from.</summary>
    private const int MaxScanned = 50_000;

    private readonly LogBlockReader _reader = new(blocks);

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
            cancellation
        );
    }

    /// <summary>
    /// Writes what a replica of a job printed. Lines that are there already stay as they are, also where they come in other blocks now.
    /// </summary>
    public Task WriteAsync(string project, string location, string job, IReadOnlyList<LogBlock> printed, CancellationToken cancellation)
    {
        var packed = printed.Select(static block => (Block: block, Body: BlockCompression.Pack(block.Lines.Span))).ToList();
        return database.WriteAsync(
            session =>
            {
                var received = LogTimes.Of(time.GetUtcNow());
                foreach (var (block, body) in packed)
                {
                    var stored = new StoredBlock(project, location, job, received, block);
                    var there = blocks.Overlapping(session, stored);
                    if (there.Count == 0)
                    {
                        blocks.Insert(session, stored, body);
                        continue;
                    }

                    foreach (var part in block.Without(there))
                    {
                        blocks.Insert(session, stored with { Block = part }, BlockCompression.Pack(part.Lines.Span));
                    }
                }

                return packed.Count;
            },
            cancellation
        );
    }

    /// <summary>
    /// Entries of a project that a filter accepts, in order, and the position of the last that was looked at where there may be more.
    /// </summary>
    public async Task<(List<LogEntry> Entries, LogPosition? Next)> ReadAsync(
        string project,
        LogFilter filter,
        bool descending,
        LogPosition? after,
        int limit,
        CancellationToken cancellation
    )
    {
        var found = new List<LogEntry>();
        for (var scanned = 0; scanned < MaxScanned; scanned += ScanBatch)
        {
            var from = after;
            var (rows, parts) = await database.ReadAsync(
                session =>
                {
                    var parts = Members(session, project, filter.Bounds.Job);
                    return (Rows(session, project, filter.Bounds, [.. parts.Keys], descending, from), parts);
                },
                cancellation
            );
            foreach (var row in rows)
            {
                after = row.Position;
                var entry = row.Entry();
                if (parts.TryGetValue(row.Job, out var trial))
                {
                    entry.Resource.Labels[JobLabel] = filter.Bounds.Job;
                    if (trial.Length > 0)
                    {
                        entry.Labels[TrialLabel] = trial;
                    }
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

    /// <summary>
    /// The next entries, of either kind: each kind gives as many as are wanted, so none is missing among the first of both.
    /// </summary>
    private List<LogRow> Rows(ISqlSession session, string project, LogBounds bounds, string[] jobs, bool descending, LogPosition? after)
    {
        var single = table.Read(session, project, bounds, jobs, descending, after, ScanBatch);
        var lines = _reader.Read(session, project, bounds, jobs, descending, after, ScanBatch);
        if (lines.Count == 0)
        {
            return [.. single];
        }

        var rows = single.Concat(lines);
        return
        [
            .. (descending ? rows.OrderByDescending(static row => row.Position) : rows.OrderBy(static row => row.Position)).Take(ScanBatch),
        ];
    }

    /// <summary>
    /// The custom jobs that a job is made of, with their trials: in its log they are it, as Vertex has it. A job may be made of one that is
    /// itself made of others.
    /// </summary>
    private Dictionary<string, string> Members(ISqlSession session, string project, string? job)
    {
        if (job is null)
        {
            return [];
        }

        var direct = members.SelectMany(kind => kind.Of(session, project, job)).ToList();
        return direct
            .Concat(direct.SelectMany(member => members.SelectMany(kind => kind.Of(session, project, member.Job))))
            .DistinctBy(static member => member.Job)
            .ToDictionary(static member => member.Job, static member => member.Trial);
    }

    private static StoredRow ToRow(LogEntry entry)
    {
        var name = LogName.Parse(entry.LogName);
        return new StoredRow(
            name.Project,
            LogTimes.Of(entry.Timestamp),
            entry.InsertId,
            name.Log,
            (int)entry.Severity,
            entry.Resource?.Labels.TryGetValue(JobLabel, out var job) == true ? job : "",
            entry.ToByteArray()
        );
    }
}
