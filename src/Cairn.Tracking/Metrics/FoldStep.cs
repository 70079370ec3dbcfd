using Cairn.Kernel.Database;
using Cairn.Tracking.Runs;
using Cairn.Tracking.Runs.Columns;

namespace Cairn.Tracking.Metrics;

/// <summary>One transaction of <see cref="MetricFold"/>: brings the latest values and the columns of some runs up to date.</summary>
internal static class FoldStep
{
    /// <summary>Blocks of a run that are folded in one transaction.</summary>
    private const int BlocksAtOnce = 4_096;

    /// <summary>Folds runs that are behind; returns those that still are, because they have very many blocks.</summary>
    public static List<FoldTarget> Fold(ISqlSession session, IReadOnlyList<FoldTarget> targets)
    {
        var wanted = targets.ToDictionary(static target => target.Run, static target => target.UpTo);
        var columns = new List<RunColumnChange>();
        var left = new List<FoldTarget>();
        foreach (var log in Logs(session, wanted.Keys).Where(log => log.Indexed < wanted[log.Run]))
        {
            var upTo = Fold(session, log, columns);
            if (upTo < wanted[log.Run])
            {
                left.Add(new FoldTarget(log.Run, wanted[log.Run]));
            }
        }

        RunColumns.Write(session, columns);
        return left;
    }

    /// <summary>Takes a block's points into the latest ones.</summary>
    public static void Latest(byte[] block, Dictionary<long, MetricPoint> latest)
    {
        foreach (var (key, point) in MetricBlock.Read(block))
        {
            if (!latest.TryGetValue(key, out var old) || point.Follows(old))
            {
                latest[key] = point;
            }
        }
    }

    /// <summary>
    /// Where the runs stand, found by their ids: a join that began with the table of runs would read all runs of the server for each group
    /// of writes.
    /// </summary>
    private static List<LogState> Logs(ISqlSession session, IEnumerable<long> runs) =>
        session.Query(
            $"SELECT l.run, l.folded, l.indexed, r.experiment, r.started FROM metric_logs l CROSS JOIN runs r WHERE l.run IN ({IdList.Sql(session.Dialect)}) AND r.id = l.run ORDER BY l.run",
            static row => new LogState(row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4)),
            IdList.Argument(runs)
        );

    /// <summary>Folds a run; returns the number of the block up to which it is folded now.</summary>
    private static long Fold(ISqlSession session, LogState log, List<RunColumnChange> columns)
    {
        var run = log.Run;
        var (latest, upTo) = Unfolded(session, run, log.Folded);
        var known = session
            .Query(
                "SELECT key, nan, value, step, time FROM run_metrics WHERE run = $1",
                static row =>
                    (
                        Key: row.GetInt64(0),
                        Point: new MetricPoint(row.GetInt64(3), row.GetInt64(4), row.GetInt64(1) != 0 ? double.NaN : row.GetDouble(2))
                    ),
                run
            )
            .ToDictionary(static row => row.Key, static row => row.Point);
        if (log.Indexed <= 0)
        {
            columns.Add(new RunColumnChange(log.Experiment, RunColumns.Started, run, log.Started));
            columns.AddRange(known.Select(entry => new RunColumnChange(log.Experiment, entry.Key, run, entry.Value.Value)));
        }

        foreach (var (key, point) in latest)
        {
            var isNew = !known.TryGetValue(key, out var old);
            if (!isNew && !point.Follows(old))
            {
                continue;
            }

            session.Execute(
                isNew
                    ? "INSERT INTO run_metrics (run, key, nan, value, step, time) VALUES ($1, $2, $3, $4, $5, $6)"
                    : "UPDATE run_metrics SET nan = $3, value = $4, step = $5, time = $6 WHERE run = $1 AND key = $2",
                run,
                key,
                double.IsNaN(point.Value),
                double.IsNaN(point.Value) ? 0 : point.Value,
                point.Step,
                point.Time
            );
            columns.Add(new RunColumnChange(log.Experiment, key, run, point.Value));
        }

        if (upTo > log.Folded)
        {
            session.Execute("UPDATE metric_logs SET folded = $2, indexed = $2 WHERE run = $1", run, upTo);
            return upTo;
        }

        // Where nothing was found the blocks have been put away already: all of them count.
        session.Execute("UPDATE metric_logs SET folded = seq, indexed = seq WHERE run = $1", run);
        return long.MaxValue;
    }

    /// <summary>The latest points of the blocks after <paramref name="folded"/>, and the number of the last of these.</summary>
    private static (Dictionary<long, MetricPoint> Latest, long UpTo) Unfolded(ISqlSession session, long run, long folded)
    {
        var latest = new Dictionary<long, MetricPoint>();
        var upTo = folded;
        session.Query(
            $"SELECT seq, body FROM metric_blocks WHERE run = $1 AND seq > $2 ORDER BY seq LIMIT {BlocksAtOnce}",
            row =>
            {
                upTo = row.GetInt64(0);
                Latest(row.GetFieldValue<byte[]>(1), latest);
                return 0;
            },
            run,
            folded
        );
        return (latest, upTo);
    }

    /// <summary>A run's row of <c>metric_logs</c>, with what the columns need of the run.</summary>
    private readonly record struct LogState(long Run, long Folded, long Indexed, long Experiment, long Started);
}
