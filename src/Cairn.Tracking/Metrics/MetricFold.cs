using Cairn.Kernel.Database;
using Cairn.Tracking.Runs;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Cairn.Tracking.Metrics;

/// <summary>
/// Keeps the table of latest values and the columns that searches read: takes the blocks of a run that have not been counted yet, finds the
/// latest point of each metric among them, and writes those that follow what the table has. However many blocks there are, a metric of a
/// run is written once. Done in the background, and before a search.
/// </summary>
public sealed partial class MetricFold(IDatabase database, ILogger<MetricFold> logger) : BackgroundService
{
    /// <summary>Runs that are folded in one transaction: bounds how long writers wait for it.</summary>
    private const int RunsAtOnce = 64;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private readonly SemaphoreSlim _wake = new(0, 1);

    /// <summary>Says that there is something to fold.</summary>
    public void Wake()
    {
        if (_wake.CurrentCount == 0)
        {
            try
            {
                _wake.Release();
            }
            catch (SemaphoreFullException)
            {
                // Another call said so at the same moment.
            }
        }
    }

    /// <summary>Folds what has been committed before the call, and does not wait for what others log meanwhile.</summary>
    public async Task FoldAsync(CancellationToken cancellation = default)
    {
        var behind = await database.ReadAsync(FoldTarget.All, cancellation);
        foreach (var batch in behind.Chunk(RunsAtOnce))
        {
            IReadOnlyList<FoldTarget> left = batch;
            while (left.Count > 0)
            {
                var targets = left;
                left = await database.WriteAsync(session => FoldStep.Fold(session, targets), cancellation);
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

                FoldStep.Latest(row.GetFieldValue<byte[]>(1), latest);
                return 0;
            },
            IdList.Argument(runs)
        );
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
                await _wake.WaitAsync(stoppingToken);
                await FoldAsync(stoppingToken);
                await Task.Delay(Pause, stoppingToken);
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
        _wake.Dispose();
        base.Dispose();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The latest values of metrics could not be brought up to date; it is tried again.")]
        public static partial void Failed(ILogger logger, Exception error);
    }
}
