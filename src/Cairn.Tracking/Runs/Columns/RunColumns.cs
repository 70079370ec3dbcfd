using Cairn.Kernel.Database;

namespace Cairn.Tracking.Runs.Columns;

/// <summary>
/// The SQL of the table <c>run_columns</c>: the latest values of a metric of all runs of an experiment, in chunks
/// (<see cref="RunColumnChunk"/>). A search reads the columns that it compares and orders by, whole: a hundred thousand runs are less than
/// a megabyte, read in a millisecond, where an index would be probed once for each run. Written by the fold, with <c>run_metrics</c>; a run
/// whose <c>metric_logs.indexed</c> is negative is written anew.
/// </summary>
internal static class RunColumns
{
    /// <summary>Beside the metrics, whose keys begin at 1: when the run started, ms.</summary>
    public const long Started = 0;

    /// <summary>A column of one or many experiments.</summary>
    public static RunColumn Read(ISqlSession session, IReadOnlyList<long> experiments, long key)
    {
        var chunks = session.Query(
            $"SELECT chunk, body FROM run_columns WHERE experiment IN ({IdList.Sql(session.Dialect)}) AND key = $2 ORDER BY experiment, chunk",
            static row => (Chunk: row.GetInt64(0), Body: row.GetFieldValue<byte[]>(1)),
            IdList.Argument(experiments),
            key
        );
        return new RunColumn(
            experiments.Count == 1
                ? chunks
                :
                [
                    .. chunks
                        .GroupBy(static entry => entry.Chunk, static entry => entry.Body)
                        .Select(static group => (group.Key, RunColumnChunk.Merge([.. group])))
                        .OrderBy(static entry => entry.Key),
                ]
        );
    }

    public static void Write(ISqlSession session, IEnumerable<RunColumnChange> changes)
    {
        foreach (var group in changes.GroupBy(static change => (change.Experiment, change.Key, RunColumnChunk.Place(change.Run).Chunk)))
        {
            var (experiment, key, chunk) = group.Key;
            var values = new Dictionary<byte, double?>();
            foreach (var change in group)
            {
                values[RunColumnChunk.Place(change.Run).Slot] = change.Value;
            }

            var before = session.QueryFirst(
                "SELECT body FROM run_columns WHERE experiment = $1 AND key = $2 AND chunk = $3",
                static row => row.GetFieldValue<byte[]>(0),
                experiment,
                key,
                chunk
            );
            var after = RunColumnChunk.Write(before, values);
            if (before is null && after.Length > 0)
            {
                session.Execute(
                    "INSERT INTO run_columns (experiment, key, chunk, body) VALUES ($1, $2, $3, $4)",
                    experiment,
                    key,
                    chunk,
                    after
                );
            }
            else if (before is not null)
            {
                session.Execute(
                    after.Length > 0
                        ? "UPDATE run_columns SET body = $4 WHERE experiment = $1 AND key = $2 AND chunk = $3"
                        : "DELETE FROM run_columns WHERE experiment = $1 AND key = $2 AND chunk = $3 AND $4 IS NOT NULL",
                    experiment,
                    key,
                    chunk,
                    after
                );
            }
        }
    }

    /// <summary>Takes a run out of its experiment's columns.</summary>
    public static void Remove(ISqlSession session, Run run)
    {
        var keys = session.Query("SELECT key FROM run_metrics WHERE run = $1", static row => row.GetInt64(0), run.Id);
        Write(session, keys.Append(Started).Select(key => new RunColumnChange(run.Experiment, key, run.Id, null)));
    }

    /// <summary>Has the next fold write all that the columns hold of a run.</summary>
    public static void Renew(ISqlSession session, Run run) =>
        session.Execute("UPDATE metric_logs SET indexed = -1 WHERE run = $1 AND seq > 0", run.Id);
}
