using Cairn.Kernel.Database;

namespace Cairn.TuningJobs.Storage;

/// <summary>Tuning jobs' tables.</summary>
internal static class TuningJobSchema
{
    public static MigrationSet Migrations { get; } =
        new(
            "tuning-jobs",
            [
                """
                CREATE TABLE tuning_jobs (
                    job {text} NOT NULL PRIMARY KEY,
                    project {text} NOT NULL,
                    number {text} NOT NULL,
                    study {text} NOT NULL,
                    algorithm {text} NOT NULL,
                    predecessors {text} NOT NULL,
                    creator {text} NOT NULL,
                    cancel BIGINT NOT NULL,
                    failure {text} NOT NULL,
                    active BIGINT NOT NULL);
                CREATE INDEX tuning_jobs_number ON tuning_jobs (project, number);
                CREATE INDEX tuning_jobs_active ON tuning_jobs (job) WHERE active = 1;
                CREATE TABLE tuning_trials (
                    job {text} NOT NULL,
                    trial BIGINT NOT NULL,
                    custom_job {text} NOT NULL,
                    phase BIGINT NOT NULL,
                    outcome BIGINT NOT NULL,
                    reason {text} NOT NULL,
                    stopping BIGINT NOT NULL,
                    fresh BIGINT NOT NULL,
                    last {blob} NOT NULL,
                    best {blob} NOT NULL,
                    body {blob} NOT NULL,
                    PRIMARY KEY (job, trial));
                CREATE INDEX tuning_trials_custom_job ON tuning_trials (custom_job)
                """,
                """
                INSERT INTO work (kind, key, due) SELECT 'tuning-job', job, 0 FROM tuning_jobs WHERE active = 1;
                DROP INDEX tuning_jobs_active;
                """,
            ]
        );
}
