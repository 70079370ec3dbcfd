using System.Data.Common;
using System.Globalization;
using System.Text;
using Cairn.Kernel.Database;

namespace Cairn.Jobs.Logs;

/// <summary>The SQL of the table <c>log_entries</c>.</summary>
internal sealed class LogTable
{
    private const string Columns = "project, time, insert_id, log, severity, job, body";
    private const string DeleteSome =
        "DELETE FROM log_entries WHERE (project, time, insert_id, log) IN (SELECT project, time, insert_id, log FROM log_entries WHERE";

    public static MigrationSet Migrations { get; } =
        new(
            "logs",
            [
                """
                CREATE TABLE log_entries (
                    project {text} NOT NULL,
                    time BIGINT NOT NULL,
                    insert_id {text} NOT NULL,
                    log {text} NOT NULL,
                    severity INTEGER NOT NULL,
                    job {text} NOT NULL,
                    body {blob} NOT NULL,
                    PRIMARY KEY (project, time, insert_id, log));
                CREATE INDEX log_entries_job ON log_entries (project, job, time, insert_id);
                CREATE INDEX log_entries_time ON log_entries (time)
                """,
                // When an entry arrived, which is what its readers wait for. And the jobs whose entries nobody can ask for any more.
                """
                ALTER TABLE log_entries ADD COLUMN received BIGINT NOT NULL DEFAULT 0;
                CREATE INDEX log_entries_received ON log_entries (project, received);
                CREATE TABLE log_garbage (
                    project {text} NOT NULL,
                    job {text} NOT NULL,
                    PRIMARY KEY (project, job));
                CREATE INDEX log_entries_jobless ON log_entries (time) WHERE job = ''
                """,
            ]
        );

    /// <summary>Inserts an entry; one of the same log, time and insert id is the same entry, and stays.</summary>
    /// <param name="session">The transaction.</param>
    /// <param name="row">The entry.</param>
    /// <param name="received">When it arrived, in nanoseconds since 1970.</param>
    public void Insert(ISqlSession session, StoredRow row, long received) =>
        session.Execute(
            $"INSERT INTO log_entries ({Columns}, received) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING",
            row.Project,
            row.Nanoseconds,
            row.InsertId,
            row.Log,
            row.Severity,
            row.Job,
            row.Body,
            received
        );

    /// <summary>Up to <paramref name="limit"/> entries of a project within bounds, behind a position.</summary>
    /// <param name="session">The session.</param>
    /// <param name="project">The project.</param>
    /// <param name="bounds">What they lie in.</param>
    /// <param name="members">Jobs whose entries count as those of the job that <paramref name="bounds"/> names.</param>
    /// <param name="descending">Whether the last come first.</param>
    /// <param name="after">The position, or null for the beginning.</param>
    /// <param name="limit">The most entries.</param>
    public List<StoredRow> Read(
        ISqlSession session,
        string project,
        LogBounds bounds,
        IReadOnlyList<string> members,
        bool descending,
        LogPosition? after,
        int limit
    )
    {
        var arguments = new List<object?> { project };
        var sql = new StringBuilder($"SELECT {Columns} FROM log_entries WHERE project = $1");
        void Add(string condition, object? value)
        {
            arguments.Add(value);
            sql.Append(CultureInfo.InvariantCulture, $" AND {condition} ${arguments.Count}");
        }

        Add("time >=", bounds.From);
        Add("time <=", bounds.To);
        if (bounds.Job is { } job)
        {
            var first = arguments.Count + 1;
            arguments.AddRange([job, .. members]);
            sql.Append(
                CultureInfo.InvariantCulture,
                $" AND job IN ({string.Join(", ", Enumerable.Range(first, members.Count + 1).Select(static i => "$" + i))})"
            );
        }

        if (bounds.Log is { } log)
        {
            Add("log =", log);
        }

        if (bounds.MinSeverity > 0)
        {
            Add("severity >=", bounds.MinSeverity);
        }

        if (after is { } position)
        {
            var start = arguments.Count;
            arguments.AddRange([position.Nanoseconds, position.InsertId, position.Log]);
            sql.Append(
                CultureInfo.InvariantCulture,
                $" AND (time, insert_id, log) {(descending ? '<' : '>')} (${start + 1}, ${start + 2}, ${start + 3})"
            );
        }

        var direction = descending ? "DESC" : "ASC";
        sql.Append(CultureInfo.InvariantCulture, $" ORDER BY time {direction}, insert_id {direction}, log {direction} LIMIT {limit}");
        return session.Query(sql.ToString(), Map, [.. arguments]);
    }

    /// <summary>Entries of a project that arrived in a time, in the order of arrival, with the time of arrival.</summary>
    /// <param name="session">The session.</param>
    /// <param name="project">The project.</param>
    /// <param name="from">The first nanosecond.</param>
    /// <param name="until">The nanosecond behind the last.</param>
    /// <param name="limit">The most entries.</param>
    public List<(StoredRow Row, long Received)> Arrived(ISqlSession session, string project, long from, long until, int limit) =>
        session.Query(
            $"SELECT {Columns}, received FROM log_entries WHERE project = $1 AND received >= $2 AND received < $3 ORDER BY received, time, insert_id, log LIMIT $4",
            static row => (Map(row), row.GetInt64(7)),
            project,
            from,
            until,
            (long)limit
        );

    /// <summary>The names of a project's logs after one, in order.</summary>
    public List<string> Names(ISqlSession session, string project, string after, int limit) =>
        session.Query(
            "SELECT DISTINCT log FROM log_entries WHERE project = $1 AND log > $2 ORDER BY log LIMIT $3",
            static row => row.GetString(0),
            project,
            after,
            limit
        );

    public int DeleteLog(ISqlSession session, string project, string log) =>
        session.Execute("DELETE FROM log_entries WHERE project = $1 AND log = $2", project, log);

    /// <summary>Deletes some entries older than a time, or, where they are a job's, than another; returns how many.</summary>
    public int DeleteBefore(ISqlSession session, long nanoseconds, long ofJobs, int limit) =>
        session.Execute($"{DeleteSome} job = '' AND time < $1 LIMIT $2)", nanoseconds, (long)limit)
        + session.Execute($"{DeleteSome} time < $1 LIMIT $2)", Math.Min(nanoseconds, ofJobs), (long)limit);

    /// <summary>Marks the entries of a job as not to be asked for any more.</summary>
    public void Discard(ISqlSession session, string project, string job) =>
        session.Execute("INSERT INTO log_garbage (project, job) VALUES ($1, $2) ON CONFLICT DO NOTHING", project, job);

    /// <summary>A job whose entries are to be deleted, or null.</summary>
    public (string Project, string Job)? Discarded(ISqlSession session) =>
        session.QueryFirst(
            "SELECT project, job FROM log_garbage LIMIT 1",
            static row => ((string, string)?)(row.GetString(0), row.GetString(1))
        );

    /// <summary>Deletes some entries of such a job; false where none are left, and it is forgotten.</summary>
    public bool DeleteDiscarded(ISqlSession session, string project, string job, int limit)
    {
        if (session.Execute($"{DeleteSome} project = $1 AND job = $2 LIMIT $3)", project, job, (long)limit) > 0)
        {
            return true;
        }

        session.Execute("DELETE FROM log_garbage WHERE project = $1 AND job = $2", project, job);
        return false;
    }

    private static StoredRow Map(DbDataReader row) =>
        new(
            row.GetString(0),
            row.GetInt64(1),
            row.GetString(2),
            row.GetString(3),
            row.GetInt32(4),
            row.GetString(5),
            row.GetFieldValue<byte[]>(6)
        );
}
