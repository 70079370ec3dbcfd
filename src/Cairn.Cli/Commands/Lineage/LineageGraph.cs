using Cairn.Cli.Api;
using Cairn.Cli.Shell;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Cli.Commands.Lineage;

/// <summary>
/// The part of the graph that walks have reached. A call answers with more than the walk goes along; the rest is not shown.
/// </summary>
internal sealed class LineageGraph(ApiSession session)
{
    private readonly Dictionary<string, LineageNode> _nodes = [];
    private readonly Dictionary<(string Execution, string Artifact), Event> _events = [];
    private readonly HashSet<string> _expanded = [];
    private readonly HashSet<string> _reached = [];
    private readonly HashSet<(string From, string To, bool Upstream)> _steps = [];

    public IEnumerable<LineageNode> Nodes => _nodes.Values.Where(node => _reached.Contains(node.Name));

    public IEnumerable<Event> Events =>
        _events.Values.Where(edge =>
            _steps.Contains((edge.Execution, edge.Artifact, edge.Type == Event.Types.Type.Input))
            || _steps.Contains((edge.Artifact, edge.Execution, edge.Type == Event.Types.Type.Output))
        );

    /// <summary>Adds a node that walks begin at.</summary>
    public void Start(LineageNode node)
    {
        _nodes[node.Name] = node;
        _reached.Add(node.Name);
    }

    public void Add(LineageSubgraph graph)
    {
        foreach (var artifact in graph.Artifacts)
        {
            _nodes[artifact.Name] = LineageNode.Of(artifact);
        }

        foreach (var execution in graph.Executions)
        {
            _nodes[execution.Name] = LineageNode.Of(execution);
        }

        foreach (var edge in graph.Events)
        {
            _events[(edge.Execution, edge.Artifact)] = edge;
        }
    }

    /// <summary>The nodes that walks went to from a node.</summary>
    public IEnumerable<LineageNode> Walked(LineageNode node, bool upstream) =>
        Next(node, upstream).Where(other => _steps.Contains((node.Name, other.Name, upstream)));

    /// <summary>The nodes one event away: upstream what the node was made by or from, downstream what read it or was made by it.</summary>
    private IEnumerable<LineageNode> Next(LineageNode node, bool upstream)
    {
        var output = node.IsArtifact == upstream;
        return _events
            .Values.Where(edge =>
                (node.IsArtifact ? edge.Artifact : edge.Execution) == node.Name && (edge.Type == Event.Types.Type.Output) == output
            )
            .Select(edge => node.IsArtifact ? edge.Execution : edge.Artifact)
            .Where(_nodes.ContainsKey)
            .Order(StringComparer.Ordinal)
            .Select(name => _nodes[name]);
    }

    /// <summary>Fetches all that lies in one direction of some nodes.</summary>
    /// <returns>False where there is more than <paramref name="depth"/> or <paramref name="limit"/> let through.</returns>
    public async Task<bool> FetchAsync(IEnumerable<LineageNode> from, bool upstream, int depth, int limit, CancellationToken cancellation)
    {
        var seen = from.Select(static node => node.Name).ToHashSet();
        var level = seen.Select(name => _nodes[name]).ToList();
        for (var hop = 0; hop < depth && level.Count > 0; hop++)
        {
            var next = new List<LineageNode>();
            foreach (var node in level)
            {
                await ExpandAsync(node, cancellation);
                foreach (var other in Next(node, upstream))
                {
                    _steps.Add((node.Name, other.Name, upstream));
                    _reached.Add(other.Name);
                    if (seen.Add(other.Name))
                    {
                        next.Add(other);
                    }
                }

                if (seen.Count > limit)
                {
                    return false;
                }
            }

            level = next;
        }

        return level.Count == 0;
    }

    private async Task ExpandAsync(LineageNode node, CancellationToken cancellation)
    {
        if (_expanded.Add(node.Name))
        {
            Add(
                await session.Client.GetAsync<LineageSubgraph>(
                    $"/v1/{node.Name}:{(node.IsArtifact ? "queryArtifactLineageSubgraph?maxHops=1" : "queryExecutionInputsAndOutputs")}",
                    cancellation
                )
            );
        }
    }
}
