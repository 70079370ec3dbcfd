using Cairn.Kernel.Database;
using Cairn.Tracking.Metrics;
using Cairn.Tracking.Runs;

namespace Cairn.Tracking.LoggedModels;

/// <summary>Reads what is known of many logged models, in a few statements.</summary>
public sealed class LoggedModelReader(MetricKeys keys)
{
    /// <summary>By the model's row id.</summary>
    public IReadOnlyDictionary<long, LoggedModelData> Read(ISqlSession session, IReadOnlyCollection<LoggedModel> models)
    {
        var list = IdList.Argument(models.Select(static model => model.Id));
        var parameters = Pairs(session, "logged_model_params", list);
        var tags = Pairs(session, "logged_model_tags", list);
        var metrics = session
            .Query(
                "SELECT x.model, x.key, x.nan, x.value, x.step, x.time, r.uuid, x.dataset_name, x.dataset_digest FROM logged_model_metrics x CROSS JOIN runs r "
                    + $"WHERE x.model IN ({IdList.Sql(session.Dialect)}) AND r.id = x.run",
                static row =>
                    (
                        Model: row.GetInt64(0),
                        Key: row.GetInt64(1),
                        Point: new MetricPoint(row.GetInt64(4), row.GetInt64(5), row.GetInt64(2) != 0 ? double.NaN : row.GetDouble(3)),
                        Run: row.GetString(6),
                        Dataset: row.GetString(7),
                        Digest: row.GetString(8)
                    ),
                list
            )
            .ToLookup(
                static row => row.Model,
                row => new LoggedModelMetric(keys.Name(session, row.Key), row.Point, row.Run, row.Dataset, row.Digest)
            );
        return models
            .DistinctBy(static model => model.Id)
            .ToDictionary(
                static model => model.Id,
                model => new LoggedModelData(
                    [.. parameters[model.Id]],
                    [.. tags[model.Id]],
                    [
                        .. metrics[model.Id]
                            .OrderBy(static metric => metric.Name, StringComparer.Ordinal)
                            .ThenBy(static metric => metric.Point)
                            .ThenBy(static metric => metric.RunId, StringComparer.Ordinal),
                    ]
                )
            );
    }

    public LoggedModelData Read(ISqlSession session, LoggedModel model) => Read(session, [model])[model.Id];

    private static ILookup<long, KeyValuePair<string, string>> Pairs(ISqlSession session, string table, string list) =>
        session
            .Query(
                $"SELECT model, key, value FROM {table} WHERE model IN ({IdList.Sql(session.Dialect)}) ORDER BY model, key",
                static row => (Model: row.GetInt64(0), Pair: KeyValuePair.Create(row.GetString(1), row.GetString(2))),
                list
            )
            .ToLookup(static row => row.Model, static row => row.Pair);
}
