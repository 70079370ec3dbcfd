using Cairn.Kernel.Database;

namespace Cairn.Training.Pipelines;

/// <summary>Which job trains for which pipeline, and which pipelines have a model to register.</summary>
internal static class TrainingTable
{
    public static MigrationSet Migrations { get; } = new("training",
    [
        """
        CREATE TABLE training_jobs (
            job {text} NOT NULL PRIMARY KEY,
            pipeline {text} NOT NULL UNIQUE,
            uploading INTEGER NOT NULL DEFAULT 0);
        CREATE INDEX training_uploads ON training_jobs (pipeline) WHERE uploading = 1
        """,
    ]);

    public static void Insert(ISqlSession session, string job, string pipeline) =>
        session.Execute("INSERT INTO training_jobs (job, pipeline) VALUES ($1, $2)", job, pipeline);

    public static void Delete(ISqlSession session, string pipeline) => session.Execute("DELETE FROM training_jobs WHERE pipeline = $1", pipeline);

    /// <summary>The pipeline that a job trains for, or null.</summary>
    public static string? PipelineOf(ISqlSession session, string job) =>
        session.QueryFirst("SELECT pipeline FROM training_jobs WHERE job = $1", static row => row.GetString(0), job);

    public static string? JobOf(ISqlSession session, string pipeline) =>
        session.QueryFirst("SELECT job FROM training_jobs WHERE pipeline = $1", static row => row.GetString(0), pipeline);

    /// <summary>Notes that the training is done and the model is to be registered, or that it has been.</summary>
    public static void SetUploading(ISqlSession session, string pipeline, bool uploading) =>
        session.Execute("UPDATE training_jobs SET uploading = $2 WHERE pipeline = $1", pipeline, uploading ? 1 : 0);

    public static bool IsUploading(ISqlSession session, string pipeline) =>
        session.QueryFirst("SELECT 1 FROM training_jobs WHERE pipeline = $1 AND uploading = 1", static _ => true, pipeline);

    /// <summary>The pipelines with a model to register.</summary>
    public static List<string> Uploading(ISqlSession session) =>
        session.Query("SELECT pipeline FROM training_jobs WHERE uploading = 1 ORDER BY pipeline LIMIT 100", static row => row.GetString(0));
}
