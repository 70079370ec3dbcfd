using Cairn.Kernel.Database;
using Cairn.Kernel.Store;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Tensorboards;

/// <summary>
/// What this room stores: the Tensorboard resources; how series are shown; tensors and blob sequences. Scalars are the runs' metrics.
/// </summary>
public static class TensorboardTables
{
    public static ResourceKind Kind { get; } = new("Tensorboard", "tensorboards", Tensorboard.Descriptor);

    public static MigrationSet Migrations { get; } =
        new(
            "tracking-tensorboard",
            [
                """
                CREATE TABLE tensorboard_experiments (
                    experiment BIGINT NOT NULL PRIMARY KEY,
                    description {text} NOT NULL,
                    labels {text} NOT NULL,
                    source {text} NOT NULL,
                    made_here INTEGER NOT NULL,
                    hidden INTEGER NOT NULL,
                    updated BIGINT NOT NULL);
                CREATE TABLE tensorboard_runs (
                    run BIGINT NOT NULL PRIMARY KEY,
                    description {text} NOT NULL,
                    labels {text} NOT NULL,
                    made_here INTEGER NOT NULL,
                    hidden INTEGER NOT NULL,
                    updated BIGINT NOT NULL);
                CREATE TABLE tensorboard_series (
                    run BIGINT NOT NULL,
                    series BIGINT NOT NULL,
                    id {text} NOT NULL,
                    display_name {text} NOT NULL,
                    description {text} NOT NULL,
                    plugin_name {text} NOT NULL,
                    plugin_data {blob} NOT NULL,
                    value_type INTEGER NOT NULL,
                    max_step BIGINT,
                    max_wall BIGINT,
                    max_blobs BIGINT NOT NULL,
                    hidden INTEGER NOT NULL,
                    created BIGINT NOT NULL,
                    updated BIGINT NOT NULL,
                    PRIMARY KEY (run, series));
                CREATE UNIQUE INDEX tensorboard_series_id ON tensorboard_series (run, id);
                CREATE TABLE tensorboard_points (
                    run BIGINT NOT NULL,
                    series BIGINT NOT NULL,
                    step BIGINT NOT NULL,
                    wall BIGINT NOT NULL,
                    form INTEGER NOT NULL,
                    version INTEGER NOT NULL,
                    size BIGINT NOT NULL,
                    value {blob} NOT NULL,
                    PRIMARY KEY (run, series, step));
                CREATE TABLE tensorboard_garbage (
                    id {serial},
                    bucket {text} NOT NULL,
                    prefix {text} NOT NULL);
                CREATE TABLE tensorboard_views (
                    tensorboard {text} NOT NULL,
                    month {text} NOT NULL,
                    username {text} NOT NULL,
                    views BIGINT NOT NULL,
                    PRIMARY KEY (tensorboard, month, username));
                CREATE TABLE tensorboard_followed (
                    job {text} NOT NULL,
                    file {text} NOT NULL,
                    position BIGINT NOT NULL,
                    PRIMARY KEY (job, file))
                """,
                """
                CREATE TABLE tensorboard_jobs (
                    job {text} NOT NULL PRIMARY KEY,
                    display_name {text} NOT NULL,
                    folder {text} NOT NULL,
                    tensorboard {text} NOT NULL,
                    experiment {text} NOT NULL,
                    run {text} NOT NULL,
                    ended BIGINT NOT NULL)
                """,
                "ALTER TABLE tensorboard_followed ADD COLUMN head {text} NOT NULL DEFAULT ''",
                """
                ALTER TABLE tensorboard_runs ADD COLUMN kept INTEGER NOT NULL DEFAULT 0;
                ALTER TABLE tensorboard_experiments ADD COLUMN shown_id {text} NOT NULL DEFAULT '';
                CREATE INDEX tensorboard_experiments_by_shown_id ON tensorboard_experiments (shown_id)
                """,
            ]
        );
}
