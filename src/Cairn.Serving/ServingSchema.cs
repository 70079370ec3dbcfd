using Cairn.Kernel.Database;

namespace Cairn.Serving;

/// <summary>
/// Which model is deployed where, indexed by model; and a number that every change of it raises, for other servers to watch.
/// </summary>
internal static class ServingSchema
{
    public static readonly MigrationSet Migrations = new(
        "serving",
        [
            """
            CREATE TABLE serving_deployments (
              endpoint {text} NOT NULL,
              id {text} NOT NULL,
              model {text} NOT NULL,
              version {text} NOT NULL,
              PRIMARY KEY (endpoint, id)
            );
            CREATE INDEX serving_deployments_model ON serving_deployments (model, version);
            CREATE TABLE serving_revision (
              id INTEGER PRIMARY KEY,
              revision BIGINT NOT NULL
            );
            """,
        ]
    );
}
