using Cairn.Kernel.Database;

namespace Cairn.Jobs.Logs.Blocks;

/// <summary>The SQL of the table <c>log_unpacked</c>: jobs that have ended, whose blocks are to be joined when nobody follows them any
/// more.</summary>
internal sealed class UnpackedLogs
{
    public static MigrationSet Migrations { get; } =
        new(
            "log-unpacked",
            [
                """
                CREATE TABLE log_unpacked (
                    due BIGINT NOT NULL,
                    project {text} NOT NULL,
                    job {text} NOT NULL,
                    PRIMARY KEY (due, project, job))
                """,
            ]
        );

    /// <param name="due">When, in nanoseconds since 1970.</param>
    public void Add(ISqlSession session, long due, string project, string job) =>
        session.Execute("INSERT INTO log_unpacked (due, project, job) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", due, project, job);

    /// <summary>The one that is due first, or null where none is.</summary>
    public (long Due, string Project, string Job)? Next(ISqlSession session, long now) =>
        session.Query(
            "SELECT due, project, job FROM log_unpacked WHERE due <= $1 ORDER BY due, project, job LIMIT 1",
            static row => (row.GetInt64(0), row.GetString(1), row.GetString(2)),
            now
        )
            is [var first]
            ? first
            : null;

    public void Remove(ISqlSession session, (long Due, string Project, string Job) one) =>
        session.Execute("DELETE FROM log_unpacked WHERE due = $1 AND project = $2 AND job = $3", one.Due, one.Project, one.Job);
}
