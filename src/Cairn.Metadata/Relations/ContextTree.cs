using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;

namespace Cairn.Metadata.Relations;

/// <summary>Which contexts are children of which: a graph without cycles, each context with at most ten parents.</summary>
internal static class ContextTree
{
    public const int MaxParents = 10;

    /// <summary>How far up a cycle is looked for; more ancestors than this are refused rather than walked in a transaction.</summary>
    private const int MaxAncestors = 10_000;

    public static void Add(ISqlSession session, string parent, IReadOnlyCollection<string> children)
    {
        var above = Ancestors(session, parent);
        foreach (var child in children)
        {
            if (above.Contains(child))
            {
                throw StatusException.InvalidArgument(
                    child == parent
                        ? $"`child_contexts` names the context '{parent}' itself; a context is no child of its own."
                        : $"'{child}' is above '{parent}' already; as its child it would close a cycle."
                );
            }

            if (
                session.Execute("INSERT INTO metadata_children (parent, child) VALUES ($1, $2) ON CONFLICT DO NOTHING", parent, child) > 0
                && session.QueryFirst("SELECT COUNT(*) FROM metadata_children WHERE child = $1", static row => row.GetInt64(0), child)
                    > MaxParents
            )
            {
                throw StatusException.InvalidArgument(
                    $"'{child}' would have more than {MaxParents} parents. Remove it from another context first."
                );
            }
        }
    }

    /// <summary>
    /// Adds a child that was made in this transaction: nothing is below it and nothing above, so that there is nothing to check.
    /// </summary>
    public static void AddNew(ISqlSession session, string parent, string child) =>
        session.Execute("INSERT INTO metadata_children (parent, child) VALUES ($1, $2)", parent, child);

    public static void Remove(ISqlSession session, string parent, IReadOnlyCollection<string> children)
    {
        foreach (var child in children)
        {
            session.Execute("DELETE FROM metadata_children WHERE parent = $1 AND child = $2", parent, child);
        }
    }

    /// <summary>The parents of some contexts, in the order of their names.</summary>
    public static List<(string Child, string Parent)> ParentsOf(ISqlSession session, IReadOnlyCollection<string> children) =>
        session.Query(
            $"SELECT child, parent FROM metadata_children WHERE child IN ({SqlLists.Placeholders(children.Count)}) ORDER BY child, parent",
            static row => (row.GetString(0), row.GetString(1)),
            [.. children]
        );

    /// <summary>A context and all that is above it.</summary>
    private static HashSet<string> Ancestors(ISqlSession session, string context)
    {
        HashSet<string> seen = [context];
        List<string> level = [context];
        while (level.Count > 0)
        {
            level =
            [
                .. level
                    .Chunk(SqlLists.MaxItems)
                    .SelectMany(chunk => ParentsOf(session, chunk))
                    .Select(static edge => edge.Parent)
                    .Where(seen.Add),
            ];
            if (seen.Count > MaxAncestors)
            {
                throw StatusException.FailedPrecondition(
                    $"More than {MaxAncestors} contexts are above '{context}'; none can be added below it."
                );
            }
        }

        return seen;
    }
}
