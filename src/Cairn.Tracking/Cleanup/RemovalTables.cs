using Cairn.Kernel.Database;

namespace Cairn.Tracking.Cleanup;

/// <summary>The folders of what has been removed, until their objects are gone as well.</summary>
internal static class RemovalTables
{
    public static readonly MigrationSet Migrations = new(
        "tracking-removal",
        [
            """
            CREATE TABLE removed_folders (
                id {serial},
                project {text} NOT NULL,
                bucket {text} NOT NULL,
                prefix {text} NOT NULL
            );
            """,
        ]
    );
}
