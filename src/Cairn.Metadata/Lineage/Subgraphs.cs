using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Store;
using Cairn.Metadata.Names;
using Cairn.Metadata.Nodes;
using Cairn.Metadata.Relations;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Metadata.Lineage;

/// <summary>The answers of Vertex's lineage queries: nodes and the events between them.</summary>
public sealed class Subgraphs(IDatabase database, IResourceStore store, Artifacts artifacts)
{
    /// <summary>
    /// All that hangs together with an artifact, up to a number of hops (0 for all). A filter selects the artifacts of the answer; the walk
    /// goes through the others too, and the start stays.
    /// </summary>
    /// <exception cref="StatusException">NOT_FOUND, INVALID_ARGUMENT; FAILED_PRECONDITION for more than 1,000 nodes of a kind.</exception>
    public Task<LineageSubgraph> OfArtifactAsync(NodeName artifact, int maxHops, string filter, CancellationToken cancellation)
    {
        if (maxHops < 0)
        {
            throw StatusException.InvalidArgument($"`max_hops` is {maxHops}; it must not be negative.");
        }

        return database.ReadAsync(
            session =>
            {
                var start = artifacts.Find(session, artifact) ?? throw NodeRows.Missing(MetadataKinds.Artifact, artifact);
                var walk = new LineageWalk(session, LineageDirection.Both).From(
                    start.Name,
                    fromArtifacts: true,
                    maxHops == 0 ? int.MaxValue : maxHops
                );
                if (filter.Length == 0)
                {
                    return Load(session, walk.Artifacts, walk.Executions, walk.Events, start);
                }

                var selected = store.Match(session, MetadataKinds.Artifact, walk.Artifacts, filter);
                selected.Add(start.Name);
                return Load(session, selected, walk.Executions, [.. walk.Events.Where(row => selected.Contains(row.Artifact))], start);
            },
            cancellation
        );
    }

    /// <summary>An execution with what it read and made.</summary>
    public Task<LineageSubgraph> OfExecutionAsync(NodeName execution, CancellationToken cancellation) =>
        database.ReadAsync(
            session =>
            {
                if (store.Find<Execution>(session, MetadataKinds.Execution, execution.ToString()) is null)
                {
                    throw NodeRows.Missing(MetadataKinds.Execution, execution);
                }

                var walk = new LineageWalk(session, LineageDirection.Both).From(execution.ToString(), fromArtifacts: false, 1);
                return Load(session, walk.Artifacts, walk.Executions, walk.Events, null);
            },
            cancellation
        );

    /// <summary>The artifacts and executions that belong to a context itself, and the events between them.</summary>
    public Task<LineageSubgraph> OfContextAsync(NodeName context, CancellationToken cancellation) =>
        database.ReadAsync(
            session =>
            {
                if (store.Find<Context>(session, MetadataKinds.Context, context.ToString()) is null)
                {
                    throw NodeRows.Missing(MetadataKinds.Context, context);
                }

                var ofArtifacts = Memberships.Of(session, context, executions: false, LineageWalk.MaxNodes + 1);
                var ofExecutions = Memberships.Of(session, context, executions: true, LineageWalk.MaxNodes + 1);
                var inside = ofArtifacts.ToHashSet();
                var events = EventTable
                    .Of(session, ofArtifacts: false, ofExecutions, null, 10 * LineageWalk.MaxNodes)
                    .FindAll(row => inside.Contains(row.Artifact));
                return
                    ofArtifacts.Count > LineageWalk.MaxNodes
                    || ofExecutions.Count > LineageWalk.MaxNodes
                    || events.Count > LineageWalk.MaxNodes
                    ? throw StatusException.FailedPrecondition(
                        $"'{context}' has more than {LineageWalk.MaxNodes} artifacts, executions or events. List them by pages: filter in_context(\"{context}\")."
                    )
                    : Load(session, ofArtifacts, ofExecutions, events, null);
            },
            cancellation
        );

    private LineageSubgraph Load(
        ISqlSession session,
        IReadOnlyCollection<string> artifactNames,
        IReadOnlyCollection<string> executionNames,
        IReadOnlyCollection<EventRow> events,
        Artifact? start
    )
    {
        var found = store.FindMany<Artifact>(session, MetadataKinds.Artifact, artifactNames);
        if (start is not null && found.TrueForAll(artifact => artifact.Name != start.Name))
        {
            found.Add(start);
        }

        return new LineageSubgraph
        {
            Artifacts = { found.OrderBy(static artifact => artifact.Name, StringComparer.Ordinal) },
            Executions =
            {
                store
                    .FindMany<Execution>(session, MetadataKinds.Execution, executionNames)
                    .OrderBy(static execution => execution.Name, StringComparer.Ordinal),
            },
            Events =
            {
                events
                    .OrderBy(static row => row.Time)
                    .ThenBy(static row => row.Execution, StringComparer.Ordinal)
                    .ThenBy(static row => row.Artifact, StringComparer.Ordinal)
                    .Select(static row => row.ToMessage()),
            },
        };
    }
}
