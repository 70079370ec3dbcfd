using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Store;
using Cairn.Kernel.Time;
using Cairn.Metadata.Names;
using Cairn.Metadata.Nodes;
using Cairn.Tensorboards.Points;
using Cairn.Tracking.Metrics;
using Cairn.Tracking.Runs;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf.WellKnownTypes;
using Value = Google.Protobuf.WellKnownTypes.Value;

namespace Cairn.Metadata.Mirror;

/// <summary>
/// Reads and writes what belongs to experiments and runs through their contexts. Nothing of it is kept twice: a context that is the node of
/// a run stores only what the run cannot.
/// </summary>
public sealed class RunContents(
    IResourceStore store,
    NodeRows rows,
    ExperimentStore experiments,
    RunStore runs,
    RunDataReader reader,
    MetricKeys keys,
    MetricLog log,
    MetricFold fold,
    IIdSource ids,
    TimeProvider time
)
{
    private const string BackingTensorboard = "backing_tensorboard_resource";

    /// <summary>Gives the metrics that a context names their numbers, which happens before the transaction that writes them.</summary>
    public async Task PrepareAsync(IEnumerable<Context> contexts, CancellationToken cancellation)
    {
        var names = contexts
            .Where(static context => context.Metadata is not null)
            .SelectMany(static context => RunMetadata.Of(context.Metadata).Metrics.Select(static metric => metric.Name))
            .ToArray();
        if (names.Length > 0)
        {
            await keys.InternAsync(names, cancellation);
        }
    }

    /// <summary>Brings the latest values of metrics up to date where a filter asks for them.</summary>
    public Task SettleAsync(string filter, CancellationToken cancellation) =>
        filter.Contains(RunMetadata.MetricsKey, StringComparison.Ordinal) ? fold.FoldAsync(cancellation) : Task.CompletedTask;

    /// <summary>Inserts a context; one of an experiment or of a run of a known experiment makes the experiment or run as well.</summary>
    public Context Insert(ISqlSession session, NodeName name, Context given)
    {
        if (name.Store.IsDefault && given.SchemaTitle == SchemaTitles.Experiment)
        {
            return InsertExperiment(session, name, given);
        }

        if (name.Store.IsDefault && given.SchemaTitle == SchemaTitles.ExperimentRun && ExperimentOf(session, name, given) is { } experiment)
        {
            var slug = name.Id[(experiment.Slug.Length + 1)..];
            if (runs.FindBySlug(session, experiment.Id, slug) is { Stage: Lifecycle.Deleted } deleted)
            {
                Vacate(session, deleted);
            }

            return Adopt(session, experiment, slug, name, given, null);
        }

        return rows.Insert(session, MetadataKinds.Context, name, given);
    }

    /// <summary>Changes a context, and the experiment or run that it is the node of.</summary>
    public Context Update(ISqlSession session, NodeName name, Context stored, Context change, FieldMask? mask)
    {
        var subject = NodeIndex.SubjectOf(session, name.ToString());
        var masked = mask is { Paths.Count: > 0 };
        var named = change.DisplayName.Length > 0 && change.DisplayName != stored.DisplayName && Touches(mask, "display_name");
        var described = Touches(mask, "metadata") && change.Metadata is not null;
        change = change.Clone();
        if (Subjects.RunOf(subject) is { } uuid)
        {
            var run = runs.GetActive(session, uuid);
            var content = described ? RunMetadata.Of(change.Metadata) : null;
            change.Metadata = content?.Rest ?? change.Metadata;
            if (content is not null)
            {
                run = Write(session, run, content);
            }

            if (named)
            {
                runs.Update(session, run, run with { Name = change.DisplayName });
                stored = rows.Find<Context>(session, MetadataKinds.Context, name)!;
            }
        }
        else if (Subjects.ExperimentOf(subject) is { } id)
        {
            var experiment = experiments.Get(session, id);
            if (described)
            {
                Bind(session, experiment, change.Metadata!);
            }

            if (named && experiments.FindByName(session, experiment.Project, experiment.Location, change.DisplayName) is null)
            {
                experiments.Rename(session, experiments.Get(session, id), change.DisplayName);
                stored = rows.Find<Context>(session, MetadataKinds.Context, name)!;
            }
        }

        // A client that writes a whole context back, without a mask, writes over what others changed meanwhile on purpose: its etag is not
        // held against it.
        return rows.Update(session, MetadataKinds.Context, stored, change, mask, checkEtag: masked);
    }

    /// <summary>Deletes softly what a context is the node of, which puts the node away; false where it is the node of nothing.</summary>
    public bool Delete(ISqlSession session, NodeName name)
    {
        var subject = NodeIndex.SubjectOf(session, name.ToString());
        if (Subjects.RunOf(subject) is { } uuid)
        {
            // The run's time series stay in its tensorboard until they are deleted there.
            var run = runs.Get(session, uuid);
            if (experiments.Get(session, run.Experiment).Tensorboard is not null || SeriesTable.OfRun(session, run.Id).Count > 0)
            {
                DetailTables.Keep(session, run.Id);
            }

            runs.SetStage(session, run, Lifecycle.Deleted);
            return true;
        }

        if (Subjects.ExperimentOf(subject) is { } id)
        {
            experiments.SetStage(session, experiments.Get(session, id), Lifecycle.Deleted);
            return true;
        }

        return false;
    }

    /// <summary>
    /// A run whose context came before its experiment was known becomes a run of the experiment that it is made a child of.
    /// </summary>
    public void ChildrenAdded(ISqlSession session, NodeName parent, IEnumerable<NodeName> children)
    {
        if (Subjects.ExperimentOf(NodeIndex.SubjectOf(session, parent.ToString())) is not { } id)
        {
            return;
        }

        var experiment = experiments.Get(session, id);
        foreach (var name in children)
        {
            if (
                NodeIndex.SubjectOf(session, name.ToString()) is null
                && rows.Find<Context>(session, MetadataKinds.Context, name) is { SchemaTitle: SchemaTitles.ExperimentRun } context
            )
            {
                var slug =
                    name.Id.StartsWith(experiment.Slug + "-", StringComparison.Ordinal) && name.Id.Length > experiment.Slug.Length + 1
                        ? name.Id[(experiment.Slug.Length + 1)..]
                        : name.Id;
                if (char.IsAsciiLetterOrDigit(slug[0]) && runs.FindBySlug(session, id, slug) is null)
                {
                    Adopt(session, experiment, slug, name, context, context);
                }
            }
        }
    }

    /// <summary>Puts into contexts as stored what their experiments and runs have.</summary>
    public void Compose(ISqlSession session, IReadOnlyList<Context> contexts)
    {
        var subjects = NodeIndex.SubjectsOf(session, contexts.Select(static context => context.Name));
        var found = subjects.Values.Select(Subjects.RunOf).OfType<string>().ToArray();
        var ofRuns = found.Length == 0 ? [] : runs.FindMany(session, found).ToDictionary(static run => run.Uuid);
        var data = found.Length == 0 ? null : reader.Read(session, ofRuns.Values);
        foreach (var context in contexts)
        {
            var subject = subjects.GetValueOrDefault(context.Name);
            if (Subjects.RunOf(subject) is { } uuid && ofRuns.TryGetValue(uuid, out var run))
            {
                context.Metadata = RunMetadata.Compose(
                    context.Metadata,
                    run,
                    data![run.Id] with
                    {
                        Metrics = SummaryMetrics.Of(session, run, data[run.Id].Metrics),
                    }
                );
            }
            else if (Subjects.ExperimentOf(subject) is { } id && experiments.Find(session, id)?.Tensorboard is { } board)
            {
                context.Metadata ??= new Struct();
                context.Metadata.Fields[BackingTensorboard] = Value.ForString(board);
            }
        }
    }

    private static bool Touches(FieldMask? mask, string field) =>
        mask is null or { Paths.Count: 0 }
        || mask.Paths.Any(path => path == "*" || path == field || path.StartsWith(field + ".", StringComparison.Ordinal));

    private Context InsertExperiment(ISqlSession session, NodeName name, Context given)
    {
        var metadata = given.Metadata ?? new Struct();
        if (experiments.FindBySlug(session, name.Store.Project, name.Store.Location, name.Id) is { Stage: Lifecycle.Deleted } deleted)
        {
            Vacate(session, deleted);
        }

        var board = Board(metadata, name.Store.Project);
        rows.Insert(session, MetadataKinds.Context, name, given);
        experiments.Create(
            session,
            new NewExperiment(name.Store.Project, name.Store.Location)
            {
                Slug = name.Id,
                Name = given.DisplayName.Length > 0 ? given.DisplayName : name.Id,
                Tensorboard = board,
            }
        );
        return rows.Find<Context>(session, MetadataKinds.Context, name)!;
    }

    /// <summary>
    /// The experiment of <c>{experiment}-{run}</c>, where the display name is the run's id, or only one experiment can be meant.
    /// </summary>
    private Experiment? ExperimentOf(ISqlSession session, NodeName name, Context given)
    {
        var possible = experiments
            .PrefixesOf(session, name.Store.Project, name.Store.Location, name.Id)
            .Where(static experiment => experiment.Stage == Lifecycle.Active)
            .ToList();
        return possible.Find(experiment => $"{experiment.Slug}-{given.DisplayName}" == name.Id);
    }

    /// <summary>Makes the run of a context, which is inserted unless it is there.</summary>
    private Context Adopt(ISqlSession session, Experiment experiment, string slug, NodeName name, Context given, Context? stored)
    {
        var content = RunMetadata.Of(given.Metadata);
        var node = given.Clone();
        node.Metadata = content.Rest;
        node = stored is null
            ? rows.Insert(session, MetadataKinds.Context, name, node)
            : rows.Update(session, MetadataKinds.Context, stored, node, new FieldMask { Paths = { "metadata" } }, checkEtag: false);
        var uuid = ids.NextHex();
        NodeIndex.Tie(session, name.ToString(), Subjects.RunPrefix + uuid);
        var run = runs.Create(
            session,
            new NewRun(experiment.Id)
            {
                Uuid = uuid,
                Slug = slug,
                Name = given.DisplayName.Length > 0 ? given.DisplayName : slug,
                Status = content.Status ?? RunStatus.Running,
            }
        );
        Write(session, run, content);
        return node;
    }

    private void Bind(ISqlSession session, Experiment experiment, Struct metadata)
    {
        if (Board(metadata, experiment.Project) is { } board && board != experiment.Tensorboard)
        {
            experiments.SetTensorboard(session, experiment, board);
        }
    }

    /// <summary>The tensorboard that an experiment's context names, which must be of the experiment's own project.</summary>
    private static string? Board(Struct metadata, string project) =>
        !metadata.Fields.TryGetValue(BackingTensorboard, out var value) || value.StringValue.Length == 0 ? null
        : value.StringValue.StartsWith($"projects/{project}/", StringComparison.Ordinal) ? value.StringValue
        : throw StatusException.PermissionDenied(
            $"`metadata.{BackingTensorboard}` is '{value.StringValue}', which is not of the project '{project}'."
        );

    /// <summary>
    /// Writes parameters, metrics and state. Clients write the whole of them back as they once read them, so a metric's value that its
    /// history has already is an old reading and adds nothing; one that it has not is the next point of its last step. What is absent
    /// stays.
    /// </summary>
    private Run Write(ISqlSession session, Run run, RunMetadata content)
    {
        var data = reader.Read(session, run);
        var known = data.Params.ToDictionary(static param => param.Key);
        foreach (var param in content.Params.Where(param => !known.TryGetValue(param.Key, out var old) || old != param))
        {
            RunFields.SetParam(session, run, param, overwrite: true);
        }

        var latest = data.Metrics.ToDictionary(static metric => metric.Name);
        var summaries = SummaryTable.Of(session, run.Id);
        var series = SummaryMetrics.Series(session, run);
        var shown = SummaryMetrics.Of(session, run, data.Metrics).ToDictionary(static metric => metric.Name);
        var changed = content
            .Metrics.Where(metric => !shown.TryGetValue(metric.Name, out var old) || !old.Point.Value.Equals(metric.Value))
            .ToList();
        if (changed.Count > 0)
        {
            var histories = MetricReader.Recent(
                session,
                run.Id,
                changed.Where(metric => latest.ContainsKey(metric.Name)).Select(metric => latest[metric.Name].Key).ToHashSet()
            );
            var now = Timestamps.ToMicros(time.GetUtcNow());
            var points = new List<LoggedPoint>();
            foreach (var (name, value) in changed)
            {
                var before = latest.TryGetValue(name, out var old) ? old : default(LatestMetric?);
                // Of a metric that is a tensorboard's series as well, only summaries can have been read before.
                IEnumerable<MetricPoint> read =
                    before is not { } metric ? []
                    : series.Contains(metric.Key) ? summaries[metric.Key]
                    : histories.GetValueOrDefault(metric.Key) ?? [];
                if (read.Any(point => point.Value.Equals(value)) || keys.Find(session, name) is not { } key)
                {
                    continue;
                }

                var logged = new LoggedPoint(
                    key,
                    new MetricPoint(before?.Point.Step ?? 0, Math.Max(now, (before?.Point.Time ?? 0) + 1), value)
                );
                points.Add(logged);
                SummaryTable.Add(session, run.Id, logged);
            }

            log.Append(session, run, points.ToArray());
        }

        if (content.Status is { } status && status != run.Status)
        {
            var ended = RunState.IsEnd(status) ? run.Ended ?? time.GetUtcNow().ToUnixTimeMilliseconds() : (long?)null;
            return runs.Update(session, run, run with { Status = status, Ended = ended });
        }

        return run;
    }

    /// <summary>A deleted run gives up its id to a new one; restored, it has another.</summary>
    private void Vacate(ISqlSession session, Run deleted)
    {
        Forget(session, Subjects.Of(deleted));
        runs.Vacate(session, deleted);
    }

    /// <summary>
    /// A deleted experiment gives up its id and name, and its runs their contexts': what is made anew is new. Restored, it has others.
    /// </summary>
    private void Vacate(ISqlSession session, Experiment deleted)
    {
        foreach (var run in runs.OfExperiment(session, deleted.Id))
        {
            Forget(session, Subjects.Of(run));
        }

        Forget(session, Subjects.Of(deleted));
        experiments.Vacate(session, deleted);
    }

    private void Forget(ISqlSession session, string subject)
    {
        if (NodeIndex.NodeOf(session, subject) is { } node)
        {
            store.Delete(session, MetadataKinds.ArchivedContext, node);
            NodeIndex.Delete(session, node);
        }
    }
}
