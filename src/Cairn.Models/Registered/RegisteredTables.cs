using Cairn.Kernel.Database;

namespace Cairn.Models.Registered;

/// <summary>
/// What the registry knows of a model beside its resource: the name by which it is one of its location's, tags, stages, what a version was
/// registered from. <c>resource</c> is the model's resource, which is there while the model has a version; a name may have none yet.
/// A description stands here only while there is no resource, which has it else.
/// </summary>
internal static class RegisteredTables
{
    // The owner's name is from when these tables were those of one door.
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
            // The tables become the registry's own, and what they repeated of the resources goes: a description is the resource's.
            """
            ALTER TABLE mlflow_models RENAME TO registered_models;
            ALTER TABLE mlflow_model_tags RENAME TO registered_model_tags;
            ALTER TABLE mlflow_versions RENAME TO registered_versions;
            ALTER TABLE mlflow_version_tags RENAME TO registered_version_tags;
            DROP INDEX mlflow_models_by_name;
            DROP INDEX mlflow_models_by_resource;
            DROP INDEX mlflow_versions_by_run;
            CREATE UNIQUE INDEX registered_models_by_name ON registered_models (project, location, name);
            CREATE UNIQUE INDEX registered_models_by_resource ON registered_models (resource);
            CREATE INDEX registered_versions_by_run ON registered_versions (run);
            UPDATE registered_models SET description = '' WHERE id IN (SELECT model FROM registered_versions);
            ALTER TABLE registered_versions DROP COLUMN description
            """,
        ]
    );
}
