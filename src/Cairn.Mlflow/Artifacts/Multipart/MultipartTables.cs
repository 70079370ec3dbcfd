using Cairn.Kernel.Database;

namespace Cairn.Mlflow.Artifacts.Multipart;

/// <summary>Uploads in parts that have begun and not ended.</summary>
internal static class MultipartTables
{
    public static readonly MigrationSet Migrations = new(
        "mlflow-multipart",
        [
            """
            CREATE TABLE mlflow_uploads (
                id {text} NOT NULL PRIMARY KEY,
                project {text} NOT NULL,
                bucket {text} NOT NULL,
                object {text} NOT NULL,
                parts BIGINT NOT NULL,
                created BIGINT NOT NULL
            );
            CREATE INDEX mlflow_uploads_by_time ON mlflow_uploads (created);
            """,
        ]
    );
}
