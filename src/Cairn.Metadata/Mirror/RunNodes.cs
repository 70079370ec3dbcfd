using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Store;
using Cairn.Metadata.Names;
using Cairn.Metadata.Nodes;
using Cairn.Metadata.Relations;
using Cairn.Tracking.Metrics;
using Cairn.Tracking.Runs;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf.WellKnownTypes;
using Value = Google.Protobuf.WellKnownTypes.Value;

namespace Cairn.Metadata.Mirror;

/// <summary>
/// Gives every experiment and run its node in the lineage graph, whichever door it came through, and takes it away again. The node of what
/// was deleted softly is put away with its edges, and comes back with a restoration.
/// </summary>
internal sealed class RunNodes(IResourceStore store, NodeRows rows) : IRunObserver
{
    private const int MaxDisplayName = 128;

    public void ExperimentCreated(ISqlSession session, Experiment experiment) =>
        Ensure(
            session,
            Subjects.Of(experiment),
            Name(experiment),
            new Context
            {
                DisplayName = Short(experiment.Name),
                SchemaTitle = SchemaTitles.Experiment,
                Metadata = new Struct { Fields = { ["experiment_deleted"] = Value.ForBool(false) } },
            }
        );

    public void ExperimentChanged(ISqlSession session, Experiment before, Experiment after)
    {
        if (NodeIndex.NodeOf(session, Subjects.Of(after)) is not { } node)
        {
            if (after.Stage == Lifecycle.Active)
            {
                ExperimentCreated(session, after);
            }

            return;
        }

        if (before.Stage != after.Stage)
        {
            var (from, into) = Kinds(after.Stage);
            store.Move(session, from, into, node);
            MoveRuns(session, node, from, into);
        }

        Rename(session, node, before.Name, after.Name);
    }

    public void ExperimentRemoved(ISqlSession session, Experiment experiment) => Remove(session, Subjects.Of(experiment));

    public void RunCreated(ISqlSession session, Experiment experiment, Run run)
    {
        // With few statements: runs are made by the thousand.
        var (node, isNew) = Ensure(
            session,
            Subjects.Of(run),
            Name(experiment, run),
            new Context { DisplayName = Short(run.Name), SchemaTitle = SchemaTitles.ExperimentRun }
        );
        if (NodeIndex.NodeOf(session, Subjects.Of(experiment)) is not { } parent)
        {
            return;
        }

        if (isNew)
        {
            ContextTree.AddNew(session, parent, node);
        }
        else
        {
            ContextTree.Add(session, parent, [node]);
        }
    }

    public void RunChanged(ISqlSession session, Experiment experiment, Run before, Run after)
    {
        if (NodeIndex.NodeOf(session, Subjects.Of(after)) is not { } node)
        {
            if (after.Stage == Lifecycle.Active)
            {
                RunCreated(session, experiment, after);
            }

            return;
        }

        if (before.Stage != after.Stage && experiment.Stage == Lifecycle.Active)
        {
            var (from, into) = Kinds(after.Stage);
            store.Move(session, from, into, node);
        }

        Rename(session, node, before.Name, after.Name);
    }

    /// <summary>A context keeps its name for ever; a run that moves changes its parent.</summary>
    public void RunMoved(ISqlSession session, Experiment from, Run before, Experiment to, Run after)
    {
        if (NodeIndex.NodeOf(session, Subjects.Of(after)) is not { } node)
        {
            return;
        }

        if (NodeIndex.NodeOf(session, Subjects.Of(from)) is { } old)
        {
            ContextTree.Remove(session, old, [node]);
        }

        if (NodeIndex.NodeOf(session, Subjects.Of(to)) is { } parent)
        {
            ContextTree.Add(session, parent, [node]);
        }
    }

    public void RunRemoved(ISqlSession session, Experiment experiment, Run run)
    {
        SummaryTable.DeleteRun(session, run.Id);
        Remove(session, Subjects.Of(run));
    }

    private static NodeName Name(Experiment experiment) =>
        StoreName.Default(experiment.Project, experiment.Location).Context(experiment.Slug);

    private static NodeName Name(Experiment experiment, Run run) =>
        StoreName.Default(experiment.Project, experiment.Location).Context($"{experiment.Slug}-{run.Slug}");

    /// <summary>A node whose maker came through Vertex's door is there already, tied or not; any other is made.</summary>
    private (string Node, bool IsNew) Ensure(ISqlSession session, string subject, NodeName name, Context fresh)
    {
        if (NodeIndex.NodeOf(session, subject) is { } tied)
        {
            return (tied, false);
        }

        if (rows.Find<Context>(session, MetadataKinds.Context, name) is not { } found)
        {
            rows.Insert(session, MetadataKinds.Context, name, fresh, subject);
            return (name.ToString(), true);
        }

        if (found.SchemaTitle != fresh.SchemaTitle || NodeIndex.SubjectOf(session, name.ToString()) is not null)
        {
            throw StatusException.AlreadyExists(
                $"'{name}' is the context of something else ({found.SchemaTitle}), so that '{fresh.DisplayName}' cannot have it; choose another name."
            );
        }

        NodeIndex.Tie(session, name.ToString(), subject);
        return (name.ToString(), false);
    }

    private static (ResourceKind From, ResourceKind Into) Kinds(Lifecycle stage) =>
        stage == Lifecycle.Deleted
            ? (MetadataKinds.Context, MetadataKinds.ArchivedContext)
            : (MetadataKinds.ArchivedContext, MetadataKinds.Context);

    /// <summary>The nodes of an experiment's runs go and come with it; those of runs that were deleted for themselves stay away.</summary>
    private void MoveRuns(ISqlSession session, string experiment, ResourceKind from, ResourceKind into)
    {
        var nodes = session.Query(
            """
            SELECT c.child FROM metadata_children c CROSS JOIN metadata_nodes n CROSS JOIN runs r
            WHERE c.parent = $1 AND n.name = c.child AND substr(n.subject, 1, 4) = 'run:' AND r.uuid = substr(n.subject, 5) AND r.stage = 0
            """,
            static row => row.GetString(0),
            experiment
        );
        foreach (var some in nodes.Chunk(IResourceStore.MaxNames))
        {
            store.Move(session, from, into, some);
        }
    }

    private void Rename(ISqlSession session, string node, string before, string after)
    {
        if (
            before != after
            && store.Find<Context>(session, MetadataKinds.Context, node) is { } stored
            && stored.DisplayName != Short(after)
        )
        {
            rows.Update(
                session,
                MetadataKinds.Context,
                stored,
                new Context { DisplayName = Short(after) },
                new FieldMask { Paths = { "display_name" } },
                checkEtag: false
            );
        }
    }

    private void Remove(ISqlSession session, string subject)
    {
        if (NodeIndex.NodeOf(session, subject) is { } node)
        {
            store.Delete(session, MetadataKinds.ArchivedContext, node);
            rows.Delete(session, MetadataKinds.Context, NodeName.Parse(node, NodeName.Contexts, "context"));
        }
    }

    private static string Short(string name) => Characters.Cut(name, MaxDisplayName);
}
