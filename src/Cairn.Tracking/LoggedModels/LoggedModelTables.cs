using Cairn.Kernel.Database;

namespace Cairn.Tracking.LoggedModels;

/// <summary>The tables of models that runs logged.</summary>
internal static class LoggedModelTables
{
    /// <summary>
    /// <c>logged_model_metrics</c> holds the latest point of a metric that a run measured of a model on a dataset; the points before it are
    /// in the run's history. <c>nan</c> is 1 for a NaN (then <c>value</c> is 0). In <c>run_models</c>, <c>output</c> is 1 where the run
    /// made the model, 0 where it used it.
    /// </summary>
    public static readonly MigrationSet Migrations = new(
        "mlflow-logged-models",
        [
            """
            CREATE TABLE logged_models (
                id {serial},
                model_id {text} NOT NULL,
                experiment BIGINT NOT NULL,
                name {text} NOT NULL,
                model_type {text} NOT NULL,
                source_run {text} NOT NULL,
                artifact_uri {text} NOT NULL,
                status BIGINT NOT NULL,
                stage BIGINT NOT NULL,
                created BIGINT NOT NULL,
                updated BIGINT NOT NULL
            );
            CREATE UNIQUE INDEX logged_models_by_model_id ON logged_models (model_id);
            CREATE INDEX logged_models_by_creation ON logged_models (experiment, stage, created, id);
            CREATE TABLE logged_model_params (
                model BIGINT NOT NULL,
                key {text} NOT NULL,
                value {text} NOT NULL,
                PRIMARY KEY (model, key)
            );
            CREATE TABLE logged_model_tags (
                model BIGINT NOT NULL,
                key {text} NOT NULL,
                value {text} NOT NULL,
                PRIMARY KEY (model, key)
            );
            CREATE TABLE logged_model_metrics (
                model BIGINT NOT NULL,
                key BIGINT NOT NULL,
                run BIGINT NOT NULL,
                dataset_name {text} NOT NULL,
                dataset_digest {text} NOT NULL,
                nan BIGINT NOT NULL,
                value DOUBLE PRECISION NOT NULL,
                step BIGINT NOT NULL,
                time BIGINT NOT NULL,
                PRIMARY KEY (model, key, run, dataset_name, dataset_digest)
            );
            CREATE INDEX logged_model_metrics_by_run ON logged_model_metrics (run);
            CREATE TABLE run_models (
                run BIGINT NOT NULL,
                model BIGINT NOT NULL,
                output BIGINT NOT NULL,
                step BIGINT NOT NULL,
                PRIMARY KEY (run, model, output)
            );
            CREATE INDEX run_models_by_model ON run_models (model);
            """,
        ]
    );
}
