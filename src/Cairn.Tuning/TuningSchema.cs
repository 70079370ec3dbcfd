using Cairn.Kernel.Database;
using Cairn.Kernel.Store;

namespace Cairn.Tuning;

/// <summary>
/// A study is a resource, which lists and reads as others do; what changes with every trial stands beside it. Trials and measurements have
/// tables of their own: a study of 100,000 trials costs a suggestion no more than one of ten.
/// </summary>
public static class TuningSchema
{
    public static readonly ResourceKind Study = new("Study", "studies", Google.Cloud.AIPlatform.V1.Study.Descriptor)
    {
        Unsearchable = new HashSet<string> { "study_spec" },
    };

    public static MigrationSet Migrations { get; } =
        new(
            "tuning",
            [
                """
                CREATE TABLE studies (
                    id BIGINT NOT NULL PRIMARY KEY,
                    parent {text} NOT NULL,
                    display_name {text} NOT NULL,
                    state BIGINT NOT NULL,
                    created BIGINT NOT NULL,
                    issued BIGINT NOT NULL,
                    algorithm {text} NOT NULL,
                    predecessors {text} NOT NULL
                );
                CREATE UNIQUE INDEX studies_by_display_name ON studies (parent, display_name);
                CREATE TABLE study_trials (
                    study BIGINT NOT NULL,
                    id BIGINT NOT NULL,
                    state BIGINT NOT NULL,
                    client {text} NOT NULL,
                    objective DOUBLE PRECISION,
                    ended BIGINT,
                    measured BIGINT NOT NULL,
                    last_step BIGINT NOT NULL,
                    last_elapsed BIGINT NOT NULL,
                    body {blob} NOT NULL,
                    PRIMARY KEY (study, id)
                );
                CREATE INDEX study_trials_open ON study_trials (study, state, client, id) WHERE state < 4;
                CREATE INDEX study_trials_best ON study_trials (study, objective DESC, id) WHERE objective IS NOT NULL;
                CREATE TABLE study_measurements (
                    study BIGINT NOT NULL,
                    trial BIGINT NOT NULL,
                    position BIGINT NOT NULL,
                    body {blob} NOT NULL,
                    PRIMARY KEY (study, trial, position)
                );
                """,
            ]
        );
}
