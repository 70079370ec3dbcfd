using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Metadata.Relations;

namespace Cairn.Metadata.Lineage;

/// <summary>
/// A breadth-first walk along events, level by level, each level one indexed query. A hop is one event: from an artifact to an execution,
/// or back. Only names are held, and no more of them than the limit.
/// </summary>
internal sealed class LineageWalk(ISqlSession session, LineageDirection direction, int limit = LineageWalk.MaxNodes)
{
    /// <summary>The most artifacts, executions or events of one answer.</summary>
    public const int MaxNodes = 1_000;

    private readonly HashSet<string> _artifacts = [];
    private readonly HashSet<string> _executions = [];
    private readonly Dictionary<(string Execution, string Artifact), EventRow> _events = [];

    public IReadOnlyCollection<string> Artifacts => _artifacts;

    public IReadOnlyCollection<string> Executions => _executions;

    public IReadOnlyCollection<EventRow> Events => _events.Values;

    /// <param name="fromArtifacts">Whether the start is an artifact, or an execution.</param>
    /// <param name="maxHops">How far to go.</param>
    /// <exception cref="StatusException">FAILED_PRECONDITION where there is more than the limit.</exception>
    public LineageWalk From(string start, bool fromArtifacts, int maxHops)
    {
        List<string> level = [start];
        (fromArtifacts ? _artifacts : _executions).Add(start);
        var atArtifacts = fromArtifacts;
        for (var hop = 0; hop < maxHops && level.Count > 0; hop++)
        {
            level = Step(level, atArtifacts);
            atArtifacts = !atArtifacts;
        }

        return this;
    }

    private List<string> Step(List<string> level, bool atArtifacts)
    {
        var next = new List<string>();
        var reached = atArtifacts ? _executions : _artifacts;
        // Upstream an artifact is left by the event that made it, an execution by those that it read; downstream it is the other way round.
        bool? output = direction == LineageDirection.Both ? null : atArtifacts == (direction == LineageDirection.Upstream);
        var found = EventTable.Of(session, atArtifacts, level, output, (2 * limit) + 1);
        foreach (var row in found)
        {
            _events[(row.Execution, row.Artifact)] = row;
            var other = atArtifacts ? row.Execution : row.Artifact;
            if (reached.Add(other))
            {
                next.Add(other);
            }
        }

        if (_artifacts.Count > limit || _executions.Count > limit || _events.Count > limit)
        {
            throw StatusException.FailedPrecondition(
                $"The lineage has more than {limit} artifacts, executions or events. Ask for fewer hops, or start nearer to what you look for."
            );
        }

        return next;
    }
}
