using Cairn.Kernel.Database;
using Cairn.Tracking.Metrics;

namespace Cairn.Tracking.Runs;

/// <summary>Reads what many runs have logged, in a few statements.</summary>
public sealed class RunDataReader(MetricKeys keys, MetricFold fold)
{
    /// <summary>By the run's row id; a run that has logged nothing has empty lists.</summary>
    public IReadOnlyDictionary<long, RunData> Read(ISqlSession session, IReadOnlyCollection<Run> runs)
    {
        var data = runs.DistinctBy(static run => run.Id)
            .ToDictionary(
                static run => run.Id,
                static _ => (Params: new List<Param>(), Tags: new List<KeyValuePair<string, string>>(), Metrics: new List<LatestMetric>())
            );
        var list = IdList.Argument(data.Keys);
        var all = IdList.Sql(session.Dialect);
        session.Query(
            $"SELECT run, key, value, number FROM run_params WHERE run IN ({all}) ORDER BY run, key",
            row =>
            {
                data[row.GetInt64(0)].Params.Add(new Param(row.GetString(1), row.GetString(2), row.GetInt64(3) != 0));
                return 0;
            },
            list
        );
        session.Query(
            $"SELECT run, key, value FROM run_tags WHERE run IN ({all}) ORDER BY run, key",
            row =>
            {
                data[row.GetInt64(0)].Tags.Add(KeyValuePair.Create(row.GetString(1), row.GetString(2)));
                return 0;
            },
            list
        );
        var folded = session.Query(
            $"SELECT run, key, nan, value, step, time FROM run_metrics WHERE run IN ({all}) ORDER BY run, key",
            static row =>
                (
                    Run: row.GetInt64(0),
                    Key: row.GetInt64(1),
                    Point: new MetricPoint(row.GetInt64(4), row.GetInt64(5), row.GetInt64(2) != 0 ? double.NaN : row.GetDouble(3))
                ),
            list
        );
        foreach (var (run, key, point) in folded)
        {
            data[run].Metrics.Add(new LatestMetric(key, keys.Name(session, key), point));
        }

        foreach (var (run, pending) in fold.Pending(session, data.Keys))
        {
            Merge(session, data[run].Metrics, pending);
        }

        foreach (var entry in data.Values)
        {
            entry.Metrics.Sort(static (a, b) => string.CompareOrdinal(a.Name, b.Name));
        }

        return data.ToDictionary(
            static entry => entry.Key,
            static entry => new RunData(entry.Value.Params, entry.Value.Tags, entry.Value.Metrics)
        );
    }

    public RunData Read(ISqlSession session, Run run) => Read(session, [run])[run.Id];

    /// <summary>Puts points over the folded ones that they follow.</summary>
    private void Merge(ISqlSession session, List<LatestMetric> metrics, Dictionary<long, MetricPoint> pending)
    {
        for (var i = 0; i < metrics.Count; i++)
        {
            if (pending.Remove(metrics[i].Key, out var point) && point.Follows(metrics[i].Point))
            {
                metrics[i] = metrics[i] with { Point = point };
            }
        }

        metrics.AddRange(pending.Select(entry => new LatestMetric(entry.Key, keys.Name(session, entry.Key), entry.Value)));
    }
}
