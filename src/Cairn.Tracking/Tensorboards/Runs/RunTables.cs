using Cairn.Kernel.Database;

namespace Cairn.Tracking.Tensorboards.Runs;

/// <summary>The tables of <see cref="StoredRuns"/>.</summary>
internal static class RunTables
{
    public static MigrationSet Migrations { get; } = new("tensorboard-runs",
    [
        """
        CREATE TABLE board_experiments (
            id {serial},
            project {text} NOT NULL,
            location {text} NOT NULL,
            slug {text} NOT NULL,
            name {text} NOT NULL,
            tensorboard {text},
            created BIGINT NOT NULL,
            updated BIGINT NOT NULL);
        CREATE UNIQUE INDEX board_experiments_slug ON board_experiments (project, location, slug);
        CREATE TABLE board_runs (
            id {serial},
            uuid {text} NOT NULL,
            experiment BIGINT NOT NULL,
            slug {text} NOT NULL,
            name {text} NOT NULL,
            created BIGINT NOT NULL,
            updated BIGINT NOT NULL);
        CREATE UNIQUE INDEX board_runs_slug ON board_runs (experiment, slug);
        CREATE INDEX board_runs_order ON board_runs (experiment, id);
        CREATE TABLE board_params (
            run BIGINT NOT NULL,
            name {text} NOT NULL,
            value {text} NOT NULL,
            number INTEGER NOT NULL,
            PRIMARY KEY (run, name));
        CREATE TABLE board_keys (
            id {serial},
            name {text} NOT NULL);
        CREATE UNIQUE INDEX board_keys_name ON board_keys (name);
        CREATE TABLE board_metrics (
            run BIGINT NOT NULL,
            series BIGINT NOT NULL,
            step BIGINT NOT NULL,
            time BIGINT NOT NULL,
            bits BIGINT NOT NULL,
            PRIMARY KEY (run, series, step, time, bits))
        """,
    ]);
}
