using Cairn.Kernel.Database;

namespace Cairn.Metadata.Nodes;

/// <summary>The rows of <c>metadata_nodes</c>.</summary>
internal static class NodeIndex
{
    /// <summary>Inserts the row of a new node.</summary>
    /// <param name="session">The transaction.</param>
    /// <param name="name">The node's name.</param>
    /// <param name="title">Its schema's title.</param>
    /// <param name="uri">Its address, or empty.</param>
    /// <param name="subject">What it is the node of, or null.</param>
    public static void Insert(ISqlSession session, string name, string title, string uri, string? subject) =>
        session.Execute("INSERT INTO metadata_nodes (name, schema_title, uri, subject) VALUES ($1, $2, $3, $4)", name, title, uri, subject);

    public static void Write(ISqlSession session, string name, string title, string uri) =>
        session.Execute(
            """
            INSERT INTO metadata_nodes (name, schema_title, uri, subject) VALUES ($1, $2, $3, NULL)
            ON CONFLICT (name) DO UPDATE SET schema_title = excluded.schema_title, uri = excluded.uri
            """,
            name,
            title,
            uri
        );

    /// <summary>Ties a context to what it is the node of: <c>experiment:3</c>, <c>run:…</c>.</summary>
    public static void Tie(ISqlSession session, string name, string? subject) =>
        session.Execute("UPDATE metadata_nodes SET subject = $2 WHERE name = $1", name, subject);

    public static string? SubjectOf(ISqlSession session, string name) =>
        session.QueryFirst(
            "SELECT subject FROM metadata_nodes WHERE name = $1",
            static row => row.IsDBNull(0) ? null : row.GetString(0),
            name
        );

    /// <summary>What several contexts are the nodes of, by their names; those that are nodes of nothing are absent.</summary>
    public static Dictionary<string, string> SubjectsOf(ISqlSession session, IEnumerable<string> names)
    {
        string[] all = [.. names];
        return session
            .Query(
                $"SELECT name, subject FROM metadata_nodes WHERE subject IS NOT NULL AND name IN ({SqlLists.Placeholders(all.Length)})",
                static row => KeyValuePair.Create(row.GetString(0), row.GetString(1)),
                [.. all]
            )
            .ToDictionary();
    }

    /// <summary>The context that is the node of something, or null.</summary>
    public static string? NodeOf(ISqlSession session, string subject) =>
        session.QueryFirst("SELECT name FROM metadata_nodes WHERE subject = $1", static row => row.GetString(0), subject);

    /// <summary>Forgets a node and every edge that ends at it.</summary>
    public static void Delete(ISqlSession session, string name)
    {
        session.Execute("DELETE FROM metadata_nodes WHERE name = $1", name);
        session.Execute("DELETE FROM metadata_children WHERE parent = $1", name);
        session.Execute("DELETE FROM metadata_children WHERE child = $1", name);
        session.Execute("DELETE FROM metadata_members WHERE context = $1", name);
        session.Execute("DELETE FROM metadata_members WHERE member = $1", name);
        session.Execute("DELETE FROM metadata_events WHERE execution = $1", name);
        session.Execute("DELETE FROM metadata_events WHERE artifact = $1", name);
    }
}
