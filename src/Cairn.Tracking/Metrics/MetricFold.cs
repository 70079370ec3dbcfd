using Cairn.Kernel.Database;
using Cairn.Tracking.Runs;
using Cairn.Tracking.Runs.Columns;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Cairn.Tracking.Metrics;

/// <summary>
/// Keeps the table of latest values and the columns that searches read: takes the blocks of a run that have not been counted yet, finds the latest point of each metric among
/// them, and writes those that follow what the table has. However many blocks there are, a metric of a run is written once. Done in the background, and before a search.
/// </summary>
public sealed partial class MetricFold(IDatabase database, ILogger<MetricFold> logger) : BackgroundService
{
    /// <summary>Runs that are folded in one transaction: bounds how long writers wait for it.</summary>
    private const int RunsAtOnce = 64;

    /// <summary>Blocks of a run that are folded in one transaction.</summary>
    private const int BlocksAtOnce = 4_096;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private readonly SemaphoreSlim wake = new(0, 1);

    /// <summary>Says that there is something to fold.</summary>
    public void Wake()
    {
        if (wake.CurrentCount == 0)
        {
            try
            {
                wake.Release();
            }
            catch (SemaphoreFullException)
            {
                // Another call said so at the same moment.
            }
        }
    }

    /// <summary>Folds all that has been committed before the call.</summary>
    public async Task FoldAsync(CancellationToken cancellation = default)
    {
        while (await database.ReadAsync(static session => AnyDirty(session), cancellation).ConfigureAwait(false))
        {
            if (!await database.WriteAsync(Fold, cancellation).ConfigureAwait(false))
            {
                return;
            }
        }
    }

    /// <summary>The latest points, by run and metric, of blocks that the table does not have yet.</summary>
    public IReadOnlyDictionary<long, Dictionary<long, MetricPoint>> Pending(ISqlSession session, IEnumerable<long> runs)
    {
        var pending = new Dictionary<long, Dictionary<long, MetricPoint>>();
        session.Query(
            $"SELECT b.run, b.body FROM metric_logs l JOIN metric_blocks b ON b.run = l.run AND b.seq > l.folded WHERE l.folded < l.seq AND l.run IN ({IdList.Sql(session.Dialect)})",
            row =>
            {
                var run = row.GetInt64(0);
                if (!pending.TryGetValue(run, out var latest))
                {
                    pending[run] = latest = [];
                }

                Latest(row.GetFieldValue<byte[]>(1), latest);
                return 0;
            },
            IdList.Argument(runs));
        return pending;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // What was logged before a crash and not folded is found at the start.
        Wake();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await wake.WaitAsync(stoppingToken).ConfigureAwait(false);
                await FoldAsync(stoppingToken).ConfigureAwait(false);
                await Task.Delay(Pause, stoppingToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error) when (error is System.Data.Common.DbException or InvalidDataException)
            {
                Log.Failed(logger, error);
                await Task.Delay(TimeSpan.FromSeconds(5), stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                Wake();
            }
        }
    }

    public override void Dispose()
    {
        wake.Dispose();
        base.Dispose();
    }

    private static bool AnyDirty(ISqlSession session) => session.QueryFirst("SELECT 1 FROM metric_logs WHERE indexed < seq LIMIT 1", static row => true);

    private static bool Fold(ISqlSession session)
    {
        var dirty = session.Query(
            $"SELECT l.run, l.folded, l.indexed, r.experiment, r.started FROM metric_logs l JOIN runs r ON r.id = l.run WHERE l.indexed < l.seq LIMIT {RunsAtOnce}",
            static row => (Run: row.GetInt64(0), Folded: row.GetInt64(1), Indexed: row.GetInt64(2), Experiment: row.GetInt64(3), Started: row.GetInt64(4)));
        var columns = new List<RunColumnChange>();
        foreach (var (run, folded, indexed, experiment, started) in dirty)
        {
            var (latest, upTo) = Unfolded(session, run, folded);
            var known = session.Query(
                "SELECT key, nan, value, step, time FROM run_metrics WHERE run = $1",
                static row => (Key: row.GetInt64(0), Point: new MetricPoint(row.GetInt64(3), row.GetInt64(4), row.GetInt64(1) != 0 ? double.NaN : row.GetDouble(2))),
                run).ToDictionary(static row => row.Key, static row => row.Point);
            if (indexed <= 0)
            {
                columns.Add(new RunColumnChange(experiment, RunColumns.Started, run, started));
                columns.AddRange(known.Select(entry => new RunColumnChange(experiment, entry.Key, run, entry.Value.Value)));
            }

            foreach (var (key, point) in latest)
            {
                if (!known.TryGetValue(key, out var old))
                {
                    session.Execute("INSERT INTO run_metrics (run, key, nan, value, step, time) VALUES ($1, $2, $3, $4, $5, $6)", run, key, double.IsNaN(point.Value), Number(point.Value), point.Step, point.Time);
                }
                else if (point.Follows(old))
                {
                    session.Execute("UPDATE run_metrics SET nan = $3, value = $4, step = $5, time = $6 WHERE run = $1 AND key = $2", run, key, double.IsNaN(point.Value), Number(point.Value), point.Step, point.Time);
                }
                else
                {
                    continue;
                }

                columns.Add(new RunColumnChange(experiment, key, run, point.Value));
            }

            // Where nothing was found the blocks have been put away already: all of them count.
            session.Execute(
                upTo > folded ? "UPDATE metric_logs SET folded = $2, indexed = $2 WHERE run = $1" : "UPDATE metric_logs SET folded = seq, indexed = seq WHERE run = $1 AND $2 >= 0",
                run, upTo);
        }

        RunColumns.Write(session, columns);
        return dirty.Count > 0;
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
            run, folded);
        return (latest, upTo);
    }

    private static double Number(double value) => double.IsNaN(value) ? 0 : value;

    private static void Latest(byte[] block, Dictionary<long, MetricPoint> latest)
    {
        foreach (var (key, point) in MetricBlock.Read(block))
        {
            if (!latest.TryGetValue(key, out var old) || point.Follows(old))
            {
                latest[key] = point;
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The latest values of metrics could not be brought up to date; it is tried again.")]
        public static partial void Failed(ILogger logger, Exception error);
    }
}
