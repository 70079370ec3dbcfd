using Cairn.Kernel.Database;

namespace Cairn.Tracking.Runs;

/// <summary>The tables of experiments, runs and what they log.</summary>
internal static class RunTables
{
    /// <summary>
    /// <c>run_metrics</c> holds the latest point of each metric, folded from <c>metric_blocks</c>; <c>nan</c> is 1 for a NaN (then
    /// <c>value</c> is 0), because SQL has no NaN that all engines order alike. <c>metric_logs</c> numbers a run's blocks: its row is
    /// changed before a block is inserted, which puts the writers of one run in a row.
    /// </summary>
    public static readonly MigrationSet Migrations = new(
        "tracking-runs",
        [
            """
            CREATE TABLE experiments (
                id {serial},
                project {text} NOT NULL,
                location {text} NOT NULL,
                slug {text} NOT NULL,
                name {text} NOT NULL,
                artifact_location {text} NOT NULL,
                stage BIGINT NOT NULL,
                created BIGINT NOT NULL,
                updated BIGINT NOT NULL,
                tensorboard {text}
            );
            CREATE UNIQUE INDEX experiments_by_slug ON experiments (project, location, slug);
            CREATE UNIQUE INDEX experiments_by_name ON experiments (project, location, name);
            CREATE TABLE experiment_tags (
                experiment BIGINT NOT NULL,
                key {text} NOT NULL,
                value {text} NOT NULL,
                PRIMARY KEY (experiment, key)
            );
            CREATE TABLE runs (
                id {serial},
                uuid {text} NOT NULL,
                experiment BIGINT NOT NULL,
                slug {text} NOT NULL,
                name {text} NOT NULL,
                status BIGINT NOT NULL,
                started BIGINT NOT NULL,
                ended BIGINT,
                created BIGINT NOT NULL,
                updated BIGINT NOT NULL,
                user_name {text} NOT NULL,
                artifact_uri {text} NOT NULL,
                stage BIGINT NOT NULL,
                deleted BIGINT
            );
            CREATE UNIQUE INDEX runs_by_uuid ON runs (uuid);
            CREATE UNIQUE INDEX runs_by_slug ON runs (experiment, slug);
            CREATE INDEX runs_by_start ON runs (experiment, stage, started, uuid);
            CREATE TABLE run_params (
                run BIGINT NOT NULL,
                key {text} NOT NULL,
                value {text} NOT NULL,
                number BIGINT NOT NULL,
                PRIMARY KEY (run, key)
            );
            CREATE TABLE run_tags (
                run BIGINT NOT NULL,
                key {text} NOT NULL,
                value {text} NOT NULL,
                PRIMARY KEY (run, key)
            );
            CREATE TABLE run_inputs (
                run BIGINT NOT NULL,
                name {text} NOT NULL,
                digest {text} NOT NULL,
                source_type {text} NOT NULL,
                source {text} NOT NULL,
                schema_text {text} NOT NULL,
                profile {text} NOT NULL,
                context {text} NOT NULL,
                tags {text} NOT NULL,
                PRIMARY KEY (run, name, digest)
            );
            CREATE TABLE metric_keys (
                id {serial},
                name {text} NOT NULL
            );
            CREATE UNIQUE INDEX metric_keys_by_name ON metric_keys (name);
            CREATE TABLE metric_logs (
                run BIGINT NOT NULL PRIMARY KEY,
                seq BIGINT NOT NULL,
                folded BIGINT NOT NULL
            );
            CREATE INDEX metric_logs_unfolded ON metric_logs (run) WHERE folded < seq;
            CREATE TABLE metric_blocks (
                run BIGINT NOT NULL,
                seq BIGINT NOT NULL,
                body {blob} NOT NULL,
                PRIMARY KEY (run, seq)
            );
            CREATE TABLE run_metrics (
                run BIGINT NOT NULL,
                key BIGINT NOT NULL,
                experiment BIGINT NOT NULL,
                nan BIGINT NOT NULL,
                value DOUBLE PRECISION NOT NULL,
                step BIGINT NOT NULL,
                time BIGINT NOT NULL,
                PRIMARY KEY (run, key)
            );
            CREATE INDEX run_metrics_by_value ON run_metrics (experiment, key, nan, value, run);
            """,
            // Points in column files: blocks up to number `cold` of a run have been replaced by segments.
            """
            ALTER TABLE metric_logs ADD COLUMN cold BIGINT NOT NULL DEFAULT 0;
            CREATE TABLE metric_segments (
                id {serial},
                run BIGINT NOT NULL,
                level BIGINT NOT NULL,
                blob {text} NOT NULL,
                start BIGINT NOT NULL,
                length BIGINT NOT NULL,
                directory BIGINT NOT NULL
            );
            CREATE INDEX metric_segments_by_run ON metric_segments (run, level);
            CREATE INDEX metric_segments_by_blob ON metric_segments (blob);
            """,
            // 1 for a parameter that is read off what the run was started with, until someone logs it.
            "ALTER TABLE run_params ADD COLUMN suggested BIGINT NOT NULL DEFAULT 0",
            // Latest values column by column in place of an index over them. `indexed` is the block up to which a run's are there; -1 has them
            // written anew.
            """
            CREATE TABLE run_columns (
                experiment BIGINT NOT NULL,
                key BIGINT NOT NULL,
                chunk BIGINT NOT NULL,
                body {blob} NOT NULL,
                PRIMARY KEY (experiment, key, chunk)
            );
            DROP INDEX run_metrics_by_value;
            ALTER TABLE run_metrics DROP COLUMN experiment;
            DROP INDEX metric_logs_unfolded;
            ALTER TABLE metric_logs ADD COLUMN indexed BIGINT NOT NULL DEFAULT -1;
            UPDATE metric_logs SET indexed = 0 WHERE seq = 0;
            CREATE INDEX metric_logs_unindexed ON metric_logs (run) WHERE indexed < seq
            """,
            // The runs whose blocks may be moved to column files; and runs in the order that searches have unless they say another, down to the
            // id, so that none are sorted.
            """
            CREATE INDEX metric_logs_hot ON metric_logs (run) WHERE folded - cold >= 32;
            CREATE INDEX runs_by_latest ON runs (experiment, stage, started DESC, uuid)
            """,
            // 1 for a run that was deleted with its experiment, and comes back with it. Until now a deleted experiment's runs were deleted
            // without a word in their rows.
            """
            ALTER TABLE runs ADD COLUMN with_experiment BIGINT NOT NULL DEFAULT 0;
            UPDATE runs SET stage = 1, with_experiment = 1, deleted = (SELECT e.updated FROM experiments e WHERE e.id = runs.experiment)
              WHERE stage = 0 AND experiment IN (SELECT id FROM experiments WHERE stage = 1)
            """,
        ]
    )
    {
        SqliteStatistics = new Dictionary<string, string>
        {
            ["runs_by_uuid"] = "100000 1",
            ["runs_by_slug"] = "100000 20000 1",
            ["runs_by_start"] = "100000 20000 19000 2 1",
            ["runs_by_latest"] = "100000 20000 19000 2 1",
            ["metric_logs_unindexed"] = "20 1",
            ["metric_logs_hot"] = "200 1",
        },
    };
}
