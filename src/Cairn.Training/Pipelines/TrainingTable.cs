using Cairn.Kernel.Database;

namespace Cairn.Training.Pipelines;

/// <summary>Which job trains for which pipeline.</summary>
internal static class TrainingTable
{
    public static MigrationSet Migrations { get; } =
        new(
            "training",
            [
                """
                CREATE TABLE training_jobs (
                    job {text} NOT NULL PRIMARY KEY,
                    pipeline {text} NOT NULL UNIQUE,
                    uploading INTEGER NOT NULL DEFAULT 0);
                CREATE INDEX training_uploads ON training_jobs (pipeline) WHERE uploading = 1
                """,
                $"""
                INSERT INTO work (kind, key, due) SELECT '{ModelUploader.KindName}', pipeline, 0 FROM training_jobs WHERE uploading = 1;
                DROP INDEX training_uploads;
                ALTER TABLE training_jobs DROP COLUMN uploading
                """,
            ]
        );

    public static void Insert(ISqlSession session, string job, string pipeline) =>
        session.Execute("INSERT INTO training_jobs (job, pipeline) VALUES ($1, $2)", job, pipeline);

    public static void Delete(ISqlSession session, string pipeline) =>
        session.Execute("DELETE FROM training_jobs WHERE pipeline = $1", pipeline);

    /// <summary>The pipeline that a job trains for, or null.</summary>
    public static string? PipelineOf(ISqlSession session, string job) =>
        session.QueryFirst("SELECT pipeline FROM training_jobs WHERE job = $1", static row => row.GetString(0), job);

    public static string? JobOf(ISqlSession session, string pipeline) =>
        session.QueryFirst("SELECT job FROM training_jobs WHERE pipeline = $1", static row => row.GetString(0), pipeline);
}
