using Google.Cloud.AIPlatform.V1;

namespace Cairn.Cli.Commands.Lineage;

/// <summary>The graph for Graphviz: arrows go from what was read to what was made.</summary>
internal static class LineageDot
{
    public static void Write(LineageGraph graph, TextWriter to)
    {
        to.WriteLine("digraph lineage {");
        to.WriteLine("  rankdir=LR;");
        foreach (var node in graph.Nodes.OrderBy(static node => node.Name, StringComparer.Ordinal))
        {
            var shape = node.Message switch
            {
                Artifact => "box",
                Execution => "ellipse",
                _ => "folder",
            };
            to.WriteLine(
                $"  {Quote(node.Name)} [shape={shape}, label={Quote($"{(node.DisplayName.Length > 0 ? node.DisplayName : node.Id)}\n{node.Title}")}];"
            );
        }

        foreach (
            var edge in graph
                .Events.OrderBy(static edge => edge.Execution, StringComparer.Ordinal)
                .ThenBy(static edge => edge.Artifact, StringComparer.Ordinal)
        )
        {
            var (from, into) = edge.Type == Event.Types.Type.Output ? (edge.Execution, edge.Artifact) : (edge.Artifact, edge.Execution);
            to.WriteLine($"  {Quote(from)} -> {Quote(into)};");
        }

        to.WriteLine("}");
    }

    private static string Quote(string text) =>
        $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)}\"";
}
