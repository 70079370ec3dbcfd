using Cairn.Kernel.Errors;
using Cairn.Kernel.Filters;
using Cairn.Kernel.Store.Search;
using Cairn.Metadata.Names;

namespace Cairn.Metadata.Filters;

/// <summary>
/// What filters ask of the graph rather than of a message: <c>in_context("…")</c>, <c>has_artifact("…")</c>, <c>has_execution("…")</c>,
/// <c>parent_contexts:"…"</c>, <c>child_contexts:"…"</c>. Each becomes a set of names that the engine can start from.
/// </summary>
internal static class MetadataTerms
{
    public static IReadOnlyDictionary<string, FilterTerm> OfMembers { get; } =
        new Dictionary<string, FilterTerm>
        {
            ["in_context"] = static (node, sql) =>
                Function(
                    node,
                    NodeName.Contexts,
                    sql,
                    static name => $"r.name IN (SELECT m.member FROM metadata_members m WHERE m.context = {name})"
                ),
            ["schema_title"] = Title,
            ["schemaTitle"] = Title,
        };

    public static IReadOnlyDictionary<string, FilterTerm> OfArtifacts { get; } =
        new Dictionary<string, FilterTerm>(OfMembers)
        {
            ["uri"] = static (node, sql) =>
                Exactly(node) is { } uri ? $"r.name IN (SELECT n.name FROM metadata_nodes n WHERE n.uri = {sql.Argument(uri)})" : null,
        };

    public static IReadOnlyDictionary<string, FilterTerm> OfContexts { get; } =
        new Dictionary<string, FilterTerm>
        {
            ["has_artifact"] = static (node, sql) =>
                Function(
                    node,
                    NodeName.Artifacts,
                    sql,
                    static name => $"r.name IN (SELECT m.context FROM metadata_members m WHERE m.member = {name})"
                ),
            ["has_execution"] = static (node, sql) =>
                Function(
                    node,
                    NodeName.Executions,
                    sql,
                    static name => $"r.name IN (SELECT m.context FROM metadata_members m WHERE m.member = {name})"
                ),
            ["has_parent_context"] = static (node, sql) => Function(node, NodeName.Contexts, sql, Children),
            ["has_child_context"] = static (node, sql) => Function(node, NodeName.Contexts, sql, Parents),
            ["parent_contexts"] = static (node, sql) => Has(node, sql, Children),
            ["parentContexts"] = static (node, sql) => Has(node, sql, Children),
            ["child_contexts"] = static (node, sql) => Has(node, sql, Parents),
            ["childContexts"] = static (node, sql) => Has(node, sql, Parents),
            ["metadata"] = RunTerms.Metadata,
            ["schema_title"] = Title,
            ["schemaTitle"] = Title,
        };

    private static string Children(string parent) => $"r.name IN (SELECT c.child FROM metadata_children c WHERE c.parent = {parent})";

    private static string Parents(string child) => $"r.name IN (SELECT c.parent FROM metadata_children c WHERE c.child = {child})";

    /// <summary>
    /// A title by the index over titles. Nearly every context of a busy store is a run, so their title selects nothing and stays a test of
    /// the row.
    /// </summary>
    private static string? Title(FilterNode node, IFilterSql sql) =>
        Exactly(node) is { } title && title != SchemaTitles.ExperimentRun
            ? $"r.name IN (SELECT n.name FROM metadata_nodes n WHERE n.schema_title = {sql.Argument(title)})"
            : null;

    /// <summary>The value of <c>field = "value"</c> without a pattern, else null.</summary>
    private static string? Exactly(FilterNode node) =>
        node is ComparisonNode { Path.Count: 1, Operator: "=", Value: { Length: > 0 } value }
        && !value.StartsWith('*')
        && !value.EndsWith('*')
            ? value
            : null;

    private static string Function(FilterNode node, string collection, IFilterSql sql, Func<string, string> condition)
    {
        if (node is not FunctionNode function)
        {
            throw StatusException.InvalidArgument(
                $"`filter` compares '{((ComparisonNode)node).Path[0]}', which is a function: write {((ComparisonNode)node).Path[0]}(\"NAME\")."
            );
        }

        return function.Arguments is [var name]
            ? condition(sql.Argument(NodeName.Parse(name, collection, $"filter: {function.Name}").ToString()))
            : throw StatusException.InvalidArgument(
                $"`filter` gives {function.Name} {function.Arguments.Count} arguments; it takes one, the full name."
            );
    }

    private static string Has(FilterNode node, IFilterSql sql, Func<string, string> condition)
    {
        if (node is not ComparisonNode { Path: [var field], Operator: ":" or "=" } has)
        {
            throw StatusException.InvalidArgument(
                "`filter` asks for parent_contexts or child_contexts in a way that they do not have; write parent_contexts:\"NAME\"."
            );
        }

        return has is { Value: "*", Quoted: false }
            ? condition(field.StartsWith("parent", StringComparison.Ordinal) ? "c.parent" : "c.child")
            : condition(sql.Argument(NodeName.Parse(has.Value, NodeName.Contexts, $"filter: {field}").ToString()));
    }
}
