using System.Data.Common;
using Cairn.Kernel.Database;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Tensorboards.Points;

/// <summary>The SQL of <c>tensorboard_series</c>.</summary>
public static class SeriesTable
{
    private const string Columns =
        "run, series, id, display_name, description, plugin_name, plugin_data, value_type, max_step, max_wall, max_blobs, hidden, created, updated";

    public static List<SeriesRow> OfRun(ISqlSession session, long run) =>
        session.Query($"SELECT {Columns} FROM tensorboard_series WHERE run = $1 ORDER BY created, series", Map, run);

    public static SeriesRow? Find(ISqlSession session, long run, string id) =>
        session.QueryFirst($"SELECT {Columns} FROM tensorboard_series WHERE run = $1 AND id = $2", Map, run, id);

    public static SeriesRow? Find(ISqlSession session, long run, long series) =>
        session.QueryFirst($"SELECT {Columns} FROM tensorboard_series WHERE run = $1 AND series = $2", Map, run, series);

    public static void Put(ISqlSession session, SeriesRow row) =>
        session.Execute(
            $"""
            INSERT INTO tensorboard_series ({Columns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
            ON CONFLICT (run, series) DO UPDATE SET id = excluded.id, display_name = excluded.display_name, description = excluded.description,
                plugin_name = excluded.plugin_name, plugin_data = excluded.plugin_data, value_type = excluded.value_type, max_step = excluded.max_step,
                max_wall = excluded.max_wall, max_blobs = excluded.max_blobs, hidden = excluded.hidden, created = excluded.created, updated = excluded.updated
            """,
            row.Run,
            row.Series,
            row.Id,
            row.DisplayName,
            row.Description,
            row.PluginName,
            row.PluginData,
            (int)row.ValueType,
            row.MaxStep,
            row.MaxWall,
            row.MaxBlobs,
            row.Hidden ? 1 : 0,
            row.Created,
            row.Updated
        );

    /// <summary>Deletes a series with its points.</summary>
    public static void Delete(ISqlSession session, long run, long series)
    {
        session.Execute("DELETE FROM tensorboard_points WHERE run = $1 AND series = $2", run, series);
        session.Execute("DELETE FROM tensorboard_series WHERE run = $1 AND series = $2", run, series);
    }

    /// <summary>Deletes all that this room keeps of a run's series.</summary>
    public static void DeleteRun(ISqlSession session, long run)
    {
        session.Execute("DELETE FROM tensorboard_points WHERE run = $1", run);
        session.Execute("DELETE FROM tensorboard_series WHERE run = $1", run);
    }

    private static SeriesRow Map(DbDataReader row) =>
        new(
            row.GetInt64(0),
            row.GetInt64(1),
            row.GetString(2),
            row.GetString(3),
            row.GetString(4),
            row.GetString(5),
            row.GetFieldValue<byte[]>(6),
            (TensorboardTimeSeries.Types.ValueType)row.GetInt32(7),
            row.IsDBNull(8) ? null : row.GetInt64(8),
            row.IsDBNull(9) ? null : row.GetInt64(9),
            row.GetInt64(10),
            row.GetInt32(11) != 0,
            row.GetInt64(12),
            row.GetInt64(13)
        );
}
