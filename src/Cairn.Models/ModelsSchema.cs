using Cairn.Kernel.Database;

namespace Cairn.Models;

/// <summary>The registry's own tables, beside its resources.</summary>
internal static class ModelsSchema
{
    public static readonly MigrationSet Migrations = new(
        "models",
        [
            """
            CREATE TABLE model_counters (
              model {text} PRIMARY KEY,
              next_version BIGINT NOT NULL
            );
            CREATE TABLE model_artifacts (
              version {text} PRIMARY KEY,
              digest {text} NOT NULL,
              manifest {json} NOT NULL
            );
            CREATE INDEX model_artifacts_digest ON model_artifacts (digest);
            """,
        ]
    );
}
