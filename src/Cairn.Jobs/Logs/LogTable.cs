using System.Data.Common;
using System.Globalization;
using System.Text;
using Cairn.Kernel.Database;

namespace Cairn.Jobs.Logs;

/// <summary>The SQL of the table <c>log_entries</c>.</summary>
internal sealed class LogTable
{
    private const string Columns = "project, time, insert_id, log, severity, job, body";

    public static MigrationSet Migrations { get; } = new("logs",
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
    ]);

    /// <summary>Inserts an entry; one of the same log, time and insert id is the same entry, and stays.</summary>
    public void Insert(ISqlSession session, LogRow row) => session.Execute(
        $"INSERT INTO log_entries ({Columns}) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
        row.Project,
        row.Nanoseconds,
        row.InsertId,
        row.Log,
        row.Severity,
        row.Job,
        row.Body);

    /// <summary>Up to <paramref name="limit"/> entries of a project within bounds, behind a position.</summary>
    public List<LogRow> Read(ISqlSession session, string project, LogBounds bounds, bool descending, LogPosition? after, int limit)
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
            Add("job =", job);
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
            sql.Append(CultureInfo.InvariantCulture, $" AND (time, insert_id, log) {(descending ? '<' : '>')} (${start + 1}, ${start + 2}, ${start + 3})");
        }

        var direction = descending ? "DESC" : "ASC";
        sql.Append(CultureInfo.InvariantCulture, $" ORDER BY time {direction}, insert_id {direction}, log {direction} LIMIT {limit}");
        return session.Query(sql.ToString(), Map, [.. arguments]);
    }

    /// <summary>The names of a project's logs after one, in order.</summary>
    public List<string> Names(ISqlSession session, string project, string after, int limit) =>
        session.Query("SELECT DISTINCT log FROM log_entries WHERE project = $1 AND log > $2 ORDER BY log LIMIT $3", static row => row.GetString(0), project, after, limit);

    public int DeleteLog(ISqlSession session, string project, string log) =>
        session.Execute("DELETE FROM log_entries WHERE project = $1 AND log = $2", project, log);

    /// <summary>Deletes some entries older than a time; returns how many.</summary>
    public int DeleteBefore(ISqlSession session, long nanoseconds, int limit) => session.Execute(
        "DELETE FROM log_entries WHERE (project, time, insert_id, log) IN (SELECT project, time, insert_id, log FROM log_entries WHERE time < $1 LIMIT $2)", nanoseconds, limit);

    private static LogRow Map(DbDataReader row) => new(
        row.GetString(0), row.GetInt64(1), row.GetString(2), row.GetString(3), row.GetInt32(4), row.GetString(5), row.GetFieldValue<byte[]>(6));
}
