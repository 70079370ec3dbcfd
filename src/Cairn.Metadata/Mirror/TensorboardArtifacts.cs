using Cairn.Kernel.Database;
using Cairn.Kernel.Store;
using Cairn.Metadata.Names;
using Cairn.Metadata.Nodes;
using Cairn.Tensorboards;
using Cairn.Tracking.Runs;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf.WellKnownTypes;
using Value = Google.Protobuf.WellKnownTypes.Value;

namespace Cairn.Metadata.Mirror;

/// <summary>
/// The artifact <c>{experiment}-{run}-tb-run</c> by which the Python SDK finds a run's time series. Runs that the SDK started have stored
/// it; for every other run that has series it is made up from the run, so that a table of an experiment has the series of all of them.
/// </summary>
public sealed class TensorboardArtifacts(IResourceStore store, RunStore runs, ExperimentStore experiments)
{
    private const string Suffix = "-tb-run";

    /// <summary>Null where the name is none of such an artifact, the run has no series, or no tensorboard shows them.</summary>
    public Artifact? Find(ISqlSession session, NodeName name)
    {
        if (
            !name.Store.IsDefault
            || !name.Id.EndsWith(Suffix, StringComparison.Ordinal)
            || Subjects.RunOf(NodeIndex.SubjectOf(session, name.Store.Context(name.Id[..^Suffix.Length]).ToString())) is not { } uuid
            || runs.Get(session, uuid) is not { Stage: Lifecycle.Active } run
            || !HasSeries(session, run)
        )
        {
            return null;
        }

        var experiment = experiments.Get(session, run.Experiment);
        var board =
            experiment.Tensorboard
            ?? store.Children<Tensorboard>(session, TensorboardTables.Kind, experiment.Parent).Find(static board => board.IsDefault)?.Name;
        if (board is null)
        {
            return null;
        }

        var shown = $"{board}/experiments/{experiment.Slug}/runs/{run.Slug}";
        var time = Timestamps.ToTimestamp(run.Created * 1_000);
        return new Artifact
        {
            Name = name.ToString(),
            DisplayName = Characters.Cut(run.Name, 128),
            Uri = $"https://{experiment.Location}-aiplatform.googleapis.com/v1/{shown}",
            State = Artifact.Types.State.Live,
            SchemaTitle = SchemaTitles.VertexTensorboardRun,
            SchemaVersion = SchemaTitles.Version,
            CreateTime = time,
            UpdateTime = time,
            Metadata = new Struct
            {
                Fields = { ["resourceName"] = Value.ForString(shown), ["vertex_experiment_tracking"] = Value.ForBool(true) },
            },
        };
    }

    private static bool HasSeries(ISqlSession session, Run run) =>
        session.QueryFirst("SELECT 1 FROM metric_logs WHERE run = $1 AND seq > 0", static _ => true, run.Id)
        || session.QueryFirst("SELECT 1 FROM tensorboard_series WHERE run = $1 LIMIT 1", static _ => true, run.Id);
}
