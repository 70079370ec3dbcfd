using Cairn.Kernel.Database;

namespace Cairn.Kernel.Operations;

/// <summary>What the runner has still to do: a row lives from the operation's start to its end.</summary>
internal static class OperationSchema
{
    public static MigrationSet Migrations { get; } =
        new(
            "operations",
            [
                """
                CREATE TABLE operation_work (
                    name {text} NOT NULL PRIMARY KEY,
                    handler {text} NOT NULL,
                    request {blob} NOT NULL,
                    created BIGINT NOT NULL,
                    cancelled BIGINT NOT NULL
                );
                CREATE INDEX operation_work_by_age ON operation_work (created, name);
                """,
            ]
        );
}
