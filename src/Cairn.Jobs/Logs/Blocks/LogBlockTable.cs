using System.Data.Common;
using System.Globalization;
using System.Text;
using Cairn.Kernel.Database;
using Google.Cloud.Logging.Type;

namespace Cairn.Jobs.Logs.Blocks;

/// <summary>
/// The SQL of the table <c>log_blocks</c>: what jobs print, some thousand lines to a row. A line of an ordinary log takes some tens of
/// bytes.
/// </summary>
internal sealed class LogBlockTable
{
    private const string Columns = "project, job, attempt, ordinal, first, log, place, severity, begins, ends, received, lines, body";

    public static MigrationSet Migrations { get; } =
        new(
            "log-blocks",
            [
                """
                CREATE TABLE log_blocks (
                    project {text} NOT NULL,
                    job {text} NOT NULL,
                    attempt INTEGER NOT NULL,
                    ordinal INTEGER NOT NULL,
                    first BIGINT NOT NULL,
                    last BIGINT NOT NULL,
                    log {text} NOT NULL,
                    place {text} NOT NULL,
                    severity INTEGER NOT NULL,
                    begins BIGINT NOT NULL,
                    ends BIGINT NOT NULL,
                    received BIGINT NOT NULL,
                    lines INTEGER NOT NULL,
                    body {blob} NOT NULL,
                    PRIMARY KEY (project, job, attempt, ordinal, first));
                CREATE INDEX log_blocks_job_begins ON log_blocks (project, job, begins, ends);
                CREATE INDEX log_blocks_job_ends ON log_blocks (project, job, ends, begins);
                CREATE INDEX log_blocks_begins ON log_blocks (project, begins, ends);
                CREATE INDEX log_blocks_project_ends ON log_blocks (project, ends, begins);
                CREATE INDEX log_blocks_received ON log_blocks (project, received);
                CREATE INDEX log_blocks_ends ON log_blocks (ends)
                """,
            ]
        );

    /// <summary>Inserts a block none of whose lines is there.</summary>
    /// <param name="body">Its lines, packed: compressing takes time that a transaction should not.</param>
    public void Insert(ISqlSession session, StoredBlock stored, byte[] body)
    {
        var block = stored.Block;
        session.Execute(
            $"INSERT INTO log_blocks ({Columns}, last) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT DO NOTHING",
            stored.Project,
            stored.Job,
            block.Attempt,
            block.Ordinal,
            block.First,
            block.Source,
            stored.Location,
            (int)block.Severity,
            block.Begins,
            block.Ends,
            stored.Received,
            block.Count,
            body,
            block.Last
        );
    }

    /// <summary>The numbers of the lines that stored blocks of the same replica share with a block, as ranges from first to last.</summary>
    public List<(long First, long Last)> Overlapping(ISqlSession session, StoredBlock stored) =>
        session.Query(
            // A block has a bounded number of lines, so one that reaches into this one cannot begin far before it.
            "SELECT first, last FROM log_blocks WHERE project = $1 AND job = $2 AND attempt = $3 AND ordinal = $4 AND first > $5 AND first <= $6 AND last >= $7",
            static row => (row.GetInt64(0), row.GetInt64(1)),
            stored.Project,
            stored.Job,
            stored.Block.Attempt,
            stored.Block.Ordinal,
            stored.Block.First - LogBlock.MaxLines,
            stored.Block.Last,
            stored.Block.First
        );

    /// <summary>
    /// Blocks that may have lines within bounds from a time on, in the order of their first lines, or of their last ones from the end.
    /// </summary>
    /// <param name="members">Jobs whose entries count as those of the job that <paramref name="bounds"/> names.</param>
    /// <param name="behind">The block to go on behind, or null for the beginning.</param>
    public List<StoredBlock> Read(
        ISqlSession session,
        string project,
        LogBounds bounds,
        IReadOnlyList<string> members,
        bool descending,
        StoredBlock? behind,
        int limit
    )
    {
        var arguments = new List<object?> { project };
        string Argument(object? value)
        {
            arguments.Add(value);
            return string.Create(CultureInfo.InvariantCulture, $"${arguments.Count}");
        }

        var sql = new StringBuilder($"SELECT {Columns} FROM log_blocks WHERE project = $1");
        if (bounds.Job is { } job)
        {
            sql.Append(CultureInfo.InvariantCulture, $" AND job IN ({string.Join(", ", members.Prepend(job).Select(Argument))})");
        }

        // A block takes a minute at most, so one with lines within the bounds begins and ends no further away than that: the scan of the
        // index has an end on both sides.
        var (key, other) = descending ? ("ends", "begins") : ("begins", "ends");
        sql.Append(
            CultureInfo.InvariantCulture,
            $" AND {key} >= {Argument(descending ? bounds.From : Add(bounds.From, -LogBlock.MaxSpan))}"
        );
        sql.Append(CultureInfo.InvariantCulture, $" AND {key} <= {Argument(descending ? Add(bounds.To, LogBlock.MaxSpan) : bounds.To)}");
        sql.Append(
            CultureInfo.InvariantCulture,
            $" AND {other} {(descending ? "<=" : ">=")} {Argument(descending ? bounds.To : bounds.From)}"
        );
        if (bounds.Log is { } log)
        {
            sql.Append(CultureInfo.InvariantCulture, $" AND log = {Argument(log)}");
        }

        if (bounds.MinSeverity > 0)
        {
            sql.Append(CultureInfo.InvariantCulture, $" AND severity >= {Argument(bounds.MinSeverity)}");
        }

        if (behind is { Block: { } last })
        {
            var place = string.Join(
                ", ",
                ((object?[])[descending ? last.Ends : last.Begins, behind.Job, last.Attempt, last.Ordinal, last.First]).Select(Argument)
            );
            sql.Append(CultureInfo.InvariantCulture, $" AND ({key}, job, attempt, ordinal, first) {(descending ? '<' : '>')} ({place})");
        }

        var direction = descending ? "DESC" : "ASC";
        sql.Append(
            CultureInfo.InvariantCulture,
            $" ORDER BY {string.Join(", ", ((string[])[key, "job", "attempt", "ordinal", "first"]).Select(column => $"{column} {direction}"))} LIMIT {limit}"
        );
        return session.Query(sql.ToString(), Map, [.. arguments]);
    }

    /// <summary>Blocks of a project that arrived in a time, in the order of arrival, until they have so many lines.</summary>
    /// <param name="from">The first nanosecond.</param>
    /// <param name="until">The nanosecond behind the last.</param>
    public List<StoredBlock> Arrived(ISqlSession session, string project, long from, long until, int lines)
    {
        const int Step = 64;
        var found = new List<StoredBlock>();
        for (var count = 0; count < lines; )
        {
            var more = session.Query(
                $"SELECT {Columns} FROM log_blocks WHERE project = $1 AND received >= $2 AND received < $3 ORDER BY received, job, attempt, ordinal, first LIMIT $4 OFFSET $5",
                Map,
                project,
                from,
                until,
                Step,
                found.Count
            );
            found.AddRange(more);
            count += more.Sum(static stored => stored.Block.Count);
            if (more.Count < Step)
            {
                break;
            }
        }

        return found;
    }

    /// <summary>The blocks of a job, replica by replica in the order of their lines, behind one.</summary>
    public List<StoredBlock> OfJob(ISqlSession session, string project, string job, StoredBlock? behind, int limit) =>
        session.Query(
            $"SELECT {Columns} FROM log_blocks WHERE project = $1 AND job = $2 AND (attempt, ordinal, first) > ($3, $4, $5) ORDER BY attempt, ordinal, first LIMIT $6",
            Map,
            project,
            job,
            behind?.Block.Attempt ?? -1,
            behind?.Block.Ordinal ?? -1,
            behind?.Block.First ?? -1,
            (long)limit
        );

    public void Delete(ISqlSession session, StoredBlock stored) =>
        session.Execute(
            "DELETE FROM log_blocks WHERE project = $1 AND job = $2 AND attempt = $3 AND ordinal = $4 AND first = $5",
            stored.Project,
            stored.Job,
            stored.Block.Attempt,
            stored.Block.Ordinal,
            stored.Block.First
        );

    /// <summary>The names of a project's logs after one, in order.</summary>
    public List<string> Names(ISqlSession session, string project, string after, int limit) =>
        session.Query(
            "SELECT DISTINCT log FROM log_blocks WHERE project = $1 AND log > $2 ORDER BY log LIMIT $3",
            static row => row.GetString(0),
            project,
            after,
            limit
        );

    public int DeleteLog(ISqlSession session, string project, string log) =>
        session.Execute("DELETE FROM log_blocks WHERE project = $1 AND log = $2", project, log);

    /// <summary>Deletes some blocks whose last line is older than a time; returns how many.</summary>
    public int DeleteBefore(ISqlSession session, long nanoseconds, int limit) =>
        session.Execute(
            "DELETE FROM log_blocks WHERE (project, job, attempt, ordinal, first) IN (SELECT project, job, attempt, ordinal, first FROM log_blocks WHERE ends < $1 LIMIT $2)",
            nanoseconds,
            (long)limit
        );

    /// <summary>Deletes some blocks of a job; returns how many.</summary>
    public int DeleteOf(ISqlSession session, string project, string job, int limit) =>
        session.Execute(
            "DELETE FROM log_blocks WHERE (project, job, attempt, ordinal, first) IN (SELECT project, job, attempt, ordinal, first FROM log_blocks WHERE project = $1 AND job = $2 LIMIT $3)",
            project,
            job,
            (long)limit
        );

    private static long Add(long time, long span) => (long)Int128.Clamp((Int128)time + span, long.MinValue, long.MaxValue);

    private static StoredBlock Map(DbDataReader row) =>
        new(
            row.GetString(0),
            row.GetString(6),
            row.GetString(1),
            row.GetInt64(10),
            new LogBlock(
                row.GetInt32(2),
                row.GetInt32(3),
                row.GetString(5),
                row.GetInt64(4),
                row.GetInt64(8),
                row.GetInt64(9),
                row.GetInt32(11),
                (LogSeverity)row.GetInt32(7),
                BlockCompression.Unpack(row.GetFieldValue<byte[]>(12))
            )
        );
}
