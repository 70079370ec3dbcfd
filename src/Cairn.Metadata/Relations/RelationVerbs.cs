using System.Text.Json;
using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Store;
using Cairn.Metadata.Mirror;
using Cairn.Metadata.Names;
using Cairn.Metadata.Nodes;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Metadata.Relations;

/// <summary>
/// The calls that tie nodes of one store to each other. What is tied already is passed over, so that each can be repeated.
/// </summary>
public sealed class RelationVerbs(IResourceStore store, NodeRows rows, TensorboardArtifacts boards, RunContents contents, TimeProvider time)
{
    private const int MaxItems = IResourceStore.MaxNames;

    public Task AddMembersAsync(AddContextArtifactsAndExecutionsRequest request, CancellationToken cancellation)
    {
        var context = NodeName.Parse(request.Context, NodeName.Contexts, "context");
        var artifacts = Parse(request.Artifacts, NodeName.Artifacts, "artifacts");
        var executions = Parse(request.Executions, NodeName.Executions, "executions");
        return WriteAsync(
            session =>
            {
                rows.RequireAll(session, MetadataKinds.Context, context.Store, [context]);
                RequireArtifacts(session, context.Store, artifacts);
                rows.RequireAll(session, MetadataKinds.Execution, context.Store, executions);
                Memberships.Add(session, context, artifacts.Concat(executions));
            },
            cancellation
        );
    }

    public async Task AddChildrenAsync(AddContextChildrenRequest request, CancellationToken cancellation)
    {
        var context = NodeName.Parse(request.Context, NodeName.Contexts, "context");
        var children = Parse(request.ChildContexts, NodeName.Contexts, "child_contexts");
        // A child may become a run with what its context has logged; the names of its metrics get their numbers first.
        var logged = await store.WriteAsync(
            session => store.FindMany<Context>(session, MetadataKinds.Context, [.. children.Select(static child => child.ToString())]),
            cancellation
        );
        await contents.PrepareAsync(logged, cancellation);
        await WriteAsync(
            session =>
            {
                rows.RequireAll(session, MetadataKinds.Context, context.Store, [context, .. children]);
                ContextTree.Add(session, context.ToString(), [.. children.Select(static child => child.ToString())]);
                contents.ChildrenAdded(session, context, children);
            },
            cancellation
        );
    }

    public Task RemoveChildrenAsync(RemoveContextChildrenRequest request, CancellationToken cancellation)
    {
        var context = NodeName.Parse(request.Context, NodeName.Contexts, "context");
        var children = Parse(request.ChildContexts, NodeName.Contexts, "child_contexts");
        return WriteAsync(
            session =>
            {
                rows.RequireAll(session, MetadataKinds.Context, context.Store, [context]);
                ContextTree.Remove(session, context.ToString(), [.. children.Select(static child => child.ToString())]);
            },
            cancellation
        );
    }

    public Task AddEventsAsync(AddExecutionEventsRequest request, CancellationToken cancellation)
    {
        var execution = NodeName.Parse(request.Execution, NodeName.Executions, "execution");
        var artifacts = Parse(request.Events.Select(static added => added.Artifact).ToArray(), NodeName.Artifacts, "events.artifact");
        var now = Timestamps.ToMicros(time.GetUtcNow());
        foreach (var added in request.Events)
        {
            if (added.Type is not (Event.Types.Type.Input or Event.Types.Type.Output))
            {
                throw StatusException.InvalidArgument($"`events.type` of '{added.Artifact}' is missing; it is INPUT or OUTPUT.");
            }

            NodeChecks.RequireLabels("events.labels", added.Labels);
        }

        var events = request
            .Events.Select(added => new EventRow(
                execution.ToString(),
                added.Artifact,
                added.Type == Event.Types.Type.Output,
                now,
                JsonSerializer.Serialize<IDictionary<string, string>>(added.Labels)
            ))
            .ToArray();
        return WriteAsync(
            session =>
            {
                rows.RequireAll(session, MetadataKinds.Execution, execution.Store, [execution]);
                RequireArtifacts(session, execution.Store, artifacts);
                foreach (var added in events)
                {
                    EventTable.Add(session, added);
                }
            },
            cancellation
        );
    }

    /// <summary>An artifact that was made up for a run is stored before something is tied to it.</summary>
    private void RequireArtifacts(ISqlSession session, StoreName within, NodeName[] artifacts)
    {
        foreach (var name in artifacts)
        {
            if (boards.Find(session, name) is { } madeUp && store.Find<Artifact>(session, MetadataKinds.Artifact, name.ToString()) is null)
            {
                rows.Insert(session, MetadataKinds.Artifact, name, madeUp);
            }
        }

        rows.RequireAll(session, MetadataKinds.Artifact, within, artifacts);
    }

    private static NodeName[] Parse(IReadOnlyCollection<string> names, string collection, string field) =>
        names.Count <= MaxItems
            ? [.. names.Select(name => NodeName.Parse(name, collection, field))]
            : throw StatusException.InvalidArgument($"`{field}` has {names.Count} items; at most {MaxItems} are accepted in one call.");

    private Task WriteAsync(Action<ISqlSession> work, CancellationToken cancellation) =>
        store.WriteAsync(
            session =>
            {
                work(session);
                return true;
            },
            cancellation
        );
}
