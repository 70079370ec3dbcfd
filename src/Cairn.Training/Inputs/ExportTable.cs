using Cairn.Kernel.Database;

namespace Cairn.Training.Inputs;

/// <summary>The pipelines whose data is still to be exported. Their jobs are not there yet.</summary>
internal static class ExportTable
{
    public static MigrationSet Migrations { get; } =
        new(
            "training-exports",
            [
                "CREATE TABLE training_exports (pipeline {text} NOT NULL PRIMARY KEY, directory {text} NOT NULL, creator {text} NOT NULL)",
                $"INSERT INTO work (kind, key, due) SELECT '{DatasetExporter.KindName}', pipeline, 0 FROM training_exports",
            ]
        );

    /// <param name="session">The transaction.</param>
    /// <param name="pipeline">Its name.</param>
    /// <param name="directory">The folder to export to.</param>
    /// <param name="creator">Whose job it will be.</param>
    public static void Insert(ISqlSession session, string pipeline, string directory, string creator) =>
        session.Execute("INSERT INTO training_exports (pipeline, directory, creator) VALUES ($1, $2, $3)", pipeline, directory, creator);

    /// <summary>Takes a pipeline out; false where it has been taken out already.</summary>
    public static bool Delete(ISqlSession session, string pipeline) =>
        session.Execute("DELETE FROM training_exports WHERE pipeline = $1", pipeline) > 0;

    public static (string Directory, string Creator)? Find(ISqlSession session, string pipeline) =>
        session.QueryFirst(
            "SELECT directory, creator FROM training_exports WHERE pipeline = $1",
            static row => ((string, string)?)(row.GetString(0), row.GetString(1)),
            pipeline
        );
}
