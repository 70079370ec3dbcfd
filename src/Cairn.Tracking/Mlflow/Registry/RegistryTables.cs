using Cairn.Kernel.Database;

namespace Cairn.Tracking.Mlflow.Registry;

/// <summary>
/// What MLflow knows of a registered model beside what the registry knows: a name of its own, tags, stages, the source and the run.
/// <c>resource</c> is the model in the registry, which has at least one version; a name that has none yet has no resource.
/// </summary>
internal static class RegistryTables
{
    public static readonly MigrationSet Migrations = new(
        "mlflow-registry",
        [
            """
            CREATE TABLE mlflow_models (
                id {serial},
                project {text} NOT NULL,
                location {text} NOT NULL,
                name {text} NOT NULL,
                resource {text} NOT NULL,
                description {text} NOT NULL,
                created BIGINT NOT NULL,
                updated BIGINT NOT NULL
            );
            CREATE UNIQUE INDEX mlflow_models_by_name ON mlflow_models (project, location, name);
            CREATE UNIQUE INDEX mlflow_models_by_resource ON mlflow_models (resource);
            CREATE TABLE mlflow_model_tags (
                model BIGINT NOT NULL,
                key {text} NOT NULL,
                value {text} NOT NULL,
                PRIMARY KEY (model, key)
            );
            CREATE TABLE mlflow_versions (
                model BIGINT NOT NULL,
                version BIGINT NOT NULL,
                stage {text} NOT NULL,
                description {text} NOT NULL,
                source {text} NOT NULL,
                run {text} NOT NULL,
                run_link {text} NOT NULL,
                user_id {text} NOT NULL,
                created BIGINT NOT NULL,
                updated BIGINT NOT NULL,
                PRIMARY KEY (model, version)
            );
            CREATE INDEX mlflow_versions_by_run ON mlflow_versions (run);
            CREATE TABLE mlflow_version_tags (
                model BIGINT NOT NULL,
                version BIGINT NOT NULL,
                key {text} NOT NULL,
                value {text} NOT NULL,
                PRIMARY KEY (model, version, key)
            );
            """,
            // Where a version's files were when it was registered, its source being perhaps the name of something else; the logged model that
            // it is; and whether MLflow has given the alias
            // "default", which every model of the registry has.
            """
            ALTER TABLE mlflow_versions ADD COLUMN location {text} NOT NULL DEFAULT '';
            ALTER TABLE mlflow_versions ADD COLUMN model_id {text} NOT NULL DEFAULT '';
            ALTER TABLE mlflow_models ADD COLUMN default_alias BIGINT NOT NULL DEFAULT 0
            """,
        ]
    );
}
