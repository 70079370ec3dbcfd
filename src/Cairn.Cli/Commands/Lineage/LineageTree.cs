namespace Cairn.Cli.Commands.Lineage;

/// <summary>The graph as a tree on the terminal. What has been shown once is named and not unfolded again.</summary>
internal sealed class LineageTree(LineageGraph graph, TextWriter to)
{
    private readonly HashSet<(string Name, bool Upstream)> _shown = [];

    public void Write(LineageNode start, IReadOnlyList<LineageNode> members)
    {
        to.WriteLine(start);
        if (members is [var only] && only == start)
        {
            Branches(start, "");
            return;
        }

        for (var i = 0; i < members.Count; i++)
        {
            var last = i == members.Count - 1;
            to.WriteLine($"{(last ? "└─ " : "├─ ")}{members[i]}");
            Branches(members[i], last ? "   " : "│  ");
        }
    }

    private void Branches(LineageNode node, string indent)
    {
        var up = graph.Walked(node, upstream: true).ToList();
        var down = graph.Walked(node, upstream: false).ToList();
        Branch(node.IsArtifact ? "made by" : "read", up, true, indent, down.Count == 0);
        Branch(node.IsArtifact ? "read by" : "made", down, false, indent, true);
        _shown.Add((node.Name, true));
        _shown.Add((node.Name, false));
    }

    private void Branch(string word, List<LineageNode> nodes, bool upstream, string indent, bool last)
    {
        if (nodes.Count > 0)
        {
            to.WriteLine($"{indent}{(last ? "└─ " : "├─ ")}{word}");
            Children(nodes, upstream, indent + (last ? "   " : "│  "));
        }
    }

    private void Children(List<LineageNode> nodes, bool upstream, string indent)
    {
        for (var i = 0; i < nodes.Count; i++)
        {
            var last = i == nodes.Count - 1;
            var again = !_shown.Add((nodes[i].Name, upstream));
            var next = graph.Walked(nodes[i], upstream).ToList();
            to.WriteLine($"{indent}{(last ? "└─ " : "├─ ")}{nodes[i]}{(again && next.Count > 0 ? "  (see above)" : "")}");
            if (!again)
            {
                Children(next, upstream, indent + (last ? "   " : "│  "));
            }
        }
    }
}
