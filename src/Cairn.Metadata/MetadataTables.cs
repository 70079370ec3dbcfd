using Cairn.Kernel.Database;

namespace Cairn.Metadata;

/// <summary>
/// The edges of the graph, by the nodes' full names; both ways round are indexed. <c>metadata_nodes</c> repeats what filters look nodes up
/// by, and ties contexts to the experiment or run that they are the nodes of.
/// </summary>
internal static class MetadataTables
{
    public static readonly MigrationSet Migrations = new(
        "tracking-metadata",
        [
            """
            CREATE TABLE metadata_nodes (
              name {text} NOT NULL PRIMARY KEY,
              schema_title {text} NOT NULL,
              uri {text} NOT NULL,
              subject {text}
            );
            CREATE INDEX metadata_nodes_by_title ON metadata_nodes (schema_title, name);
            CREATE INDEX metadata_nodes_by_uri ON metadata_nodes (uri, name);
            CREATE UNIQUE INDEX metadata_nodes_by_subject ON metadata_nodes (subject);
            CREATE TABLE metadata_children (
              parent {text} NOT NULL,
              child {text} NOT NULL,
              PRIMARY KEY (parent, child)
            );
            CREATE INDEX metadata_children_by_child ON metadata_children (child, parent);
            CREATE TABLE metadata_members (
              context {text} NOT NULL,
              member {text} NOT NULL,
              is_execution BIGINT NOT NULL,
              PRIMARY KEY (context, member)
            );
            CREATE INDEX metadata_members_by_member ON metadata_members (member, context);
            CREATE TABLE metadata_events (
              execution {text} NOT NULL,
              artifact {text} NOT NULL,
              type BIGINT NOT NULL,
              event_time BIGINT NOT NULL,
              labels {text} NOT NULL,
              PRIMARY KEY (execution, artifact)
            );
            CREATE INDEX metadata_events_by_artifact ON metadata_events (artifact, execution);
            """,
        ]
    );
}
