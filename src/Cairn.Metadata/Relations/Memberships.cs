using Cairn.Kernel.Database;
using Cairn.Metadata.Names;

namespace Cairn.Metadata.Relations;

/// <summary>Which artifacts and executions belong to which contexts.</summary>
internal static class Memberships
{
    /// <summary>Adds members; those that belong to the context already stay as they are.</summary>
    public static void Add(ISqlSession session, NodeName context, IEnumerable<NodeName> members)
    {
        foreach (var member in members)
        {
            session.Execute(
                "INSERT INTO metadata_members (context, member, is_execution) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
                context.ToString(),
                member.ToString(),
                member.Collection == NodeName.Executions
            );
        }
    }

    /// <summary>Up to a number of a context's artifacts or executions.</summary>
    public static List<string> Of(ISqlSession session, NodeName context, bool executions, int limit) =>
        session.Query(
            "SELECT member FROM metadata_members WHERE context = $1 AND is_execution = $2 ORDER BY member LIMIT $3",
            static row => row.GetString(0),
            context.ToString(),
            executions,
            limit
        );
}
