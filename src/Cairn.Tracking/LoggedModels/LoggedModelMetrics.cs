using Cairn.Kernel.Database;
using Cairn.Tracking.Metrics;
using Cairn.Tracking.Runs;

namespace Cairn.Tracking.LoggedModels;

/// <summary>What runs measure of models: the latest point of each metric, run and dataset. The whole history stays with the run.</summary>
public static class LoggedModelMetrics
{
    private const string Upsert =
        "INSERT INTO logged_model_metrics (model, key, run, dataset_name, dataset_digest, nan, value, step, time) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) "
        + "ON CONFLICT (model, key, run, dataset_name, dataset_digest) DO UPDATE SET nan = excluded.nan, value = excluded.value, step = excluded.step, time = excluded.time "
        + "WHERE (excluded.step, excluded.time, excluded.value) > (logged_model_metrics.step, logged_model_metrics.time, logged_model_metrics.value)";

    /// <summary>Keeps the points of a batch that measure models.</summary>
    /// <param name="session">The caller's transaction.</param>
    /// <param name="run">The run that measured.</param>
    /// <param name="points">The batch.</param>
    /// <param name="measured">Which of its points measure which models.</param>
    /// <param name="find">The model of an id; throws NOT_FOUND where there is none.</param>
    public static void Log(
        ISqlSession session,
        Run run,
        ReadOnlySpan<LoggedPoint> points,
        IReadOnlyList<ModelPoint> measured,
        Func<string, LoggedModel> find
    )
    {
        if (measured.Count == 0)
        {
            return;
        }

        // A batch often has many steps of one metric: only the last is written.
        var latest = new Dictionary<(string Model, long Key, string Dataset, string Digest), MetricPoint>();
        foreach (var entry in measured)
        {
            var (key, point) = points[entry.Index];
            var name = (entry.ModelId, key, entry.DatasetName, entry.DatasetDigest);
            if (!latest.TryGetValue(name, out var old) || point.Follows(old))
            {
                latest[name] = point;
            }
        }

        foreach (var group in latest.GroupBy(static entry => entry.Key.Model))
        {
            var model = find(group.Key);
            foreach (var ((_, key, dataset, digest), point) in group)
            {
                var isNaN = double.IsNaN(point.Value);
                session.Execute(Upsert, model.Id, key, run.Id, dataset, digest, isNaN, isNaN ? 0.0 : point.Value, point.Step, point.Time);
            }
        }
    }
}
