using Cairn.Kernel.Database;

namespace Cairn.Kernel.Operations;

/// <summary>What each operation is to do, from its start to its end. When it is done is in the table of work.</summary>
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
                """
                INSERT INTO work (kind, key, due, cancelled) SELECT 'operation', name, created, cancelled FROM operation_work;
                DROP INDEX operation_work_by_age;
                ALTER TABLE operation_work DROP COLUMN created;
                ALTER TABLE operation_work DROP COLUMN cancelled;
                """,
            ]
        );
}
