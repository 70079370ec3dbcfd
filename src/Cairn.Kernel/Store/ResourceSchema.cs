using Cairn.Kernel.Database;

namespace Cairn.Kernel.Store;

/// <summary>The tables of the resource store.</summary>
public static class ResourceSchema
{
    public static MigrationSet Migrations { get; } =
        new(
            "resources",
            [
                """
                CREATE TABLE resources (
                    name {text} NOT NULL PRIMARY KEY,
                    kind {text} NOT NULL,
                    parent {text} NOT NULL,
                    id {text} NOT NULL,
                    display_name {text} NOT NULL,
                    state {text} NOT NULL,
                    create_time BIGINT NOT NULL,
                    update_time BIGINT NOT NULL,
                    body {blob} NOT NULL,
                    doc {json} NOT NULL
                );
                CREATE INDEX resources_by_create_time ON resources (kind, parent, create_time, name);
                CREATE INDEX resources_by_update_time ON resources (kind, parent, update_time, name);
                CREATE INDEX resources_by_display_name ON resources (kind, parent, display_name, name);
                CREATE INDEX resources_by_state ON resources (kind, parent, state, create_time, name);
                CREATE TABLE resource_labels (
                    name {text} NOT NULL,
                    key {text} NOT NULL,
                    value {text} NOT NULL,
                    PRIMARY KEY (name, key)
                );
                CREATE INDEX resource_labels_by_value ON resource_labels (key, value, name);
                """,
            ]
        )
        {
            SqliteStatistics = new Dictionary<string, string>
            {
                ["resources_by_create_time"] = "1000000 100000 20000 2 1",
                ["resources_by_update_time"] = "1000000 100000 20000 2 1",
                ["resources_by_display_name"] = "1000000 100000 20000 5 1",
                ["resources_by_state"] = "1000000 100000 20000 4000 2 1",
                ["resource_labels_by_value"] = "1000000 50000 2000 1",
            },
        };
}
