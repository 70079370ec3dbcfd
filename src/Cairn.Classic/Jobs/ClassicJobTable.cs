using Cairn.Kernel.Database;

namespace Cairn.Classic.Jobs;

/// <summary>Which job or tuning job does the work of a classic job.</summary>
internal static class ClassicJobTable
{
    public static MigrationSet Migrations { get; } =
        new(
            "classic-jobs",
            [
                """
                CREATE TABLE classic_jobs (
                    name {text} NOT NULL PRIMARY KEY,
                    backing {text} NOT NULL UNIQUE)
                """,
            ]
        );

    public static void Insert(ISqlSession session, string name, string backing) =>
        session.Execute("INSERT INTO classic_jobs (name, backing) VALUES ($1, $2)", name, backing);

    /// <summary>The classic job that a job does the work of, or null.</summary>
    public static string? Of(ISqlSession session, string backing) =>
        session.QueryFirst("SELECT name FROM classic_jobs WHERE backing = $1", static row => row.GetString(0), backing);

    /// <summary>The job that does the work of a classic job, or null where there is no such.</summary>
    public static string? Backing(ISqlSession session, string name) =>
        session.QueryFirst("SELECT backing FROM classic_jobs WHERE name = $1", static row => row.GetString(0), name);
}
