using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Cairn.Jobs.Interop;
using Cairn.Jobs.Tasks;
using Cairn.Jobs.Usage;
using Cairn.Kernel.Errors;
using Cairn.Tracking.Runs;
using Cairn.Tracking.Runs.Jobs;
using Microsoft.Extensions.Logging;

namespace Cairn.Jobs.Reports;

/// <summary>
/// Takes what agents found in the tasks' metric files into the runs of their jobs, and to whoever waits for it. As with usage, what is
/// taken again after a kill changes nothing.
/// </summary>
internal sealed partial class MetricReader(
    IEnumerable<IJobRuns> runs,
    IEnumerable<IJobMetricObserver> observers,
    ILogger<MetricReader> logger
)
{
    private readonly ConcurrentDictionary<string, long> _offsets = new();

    /// <summary>Takes what has come since the last time.</summary>
    /// <param name="job">The custom job's name.</param>
    /// <param name="attempt">The attempt of its task.</param>
    /// <param name="record">The attempt's record.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task TakeAsync(string job, AttemptDirectory attempt, TaskRecord record, CancellationToken cancellation)
    {
        var offset = _offsets.GetOrAdd(attempt.Path, static (_, attempt) => Stored(attempt), attempt);
        while (true)
        {
            var (samples, next) = UsageSpool.Read(attempt.MetricSpool, offset);
            if (next == offset)
            {
                return;
            }

            var points = samples
                .SelectMany(static sample =>
                    sample.Metrics.Select(metric => new JobPoint(metric.Key, sample.Step, sample.Time, metric.Value))
                )
                .ToList();
            await LogAsync(record, points, cancellation);
            foreach (var observer in observers)
            {
                await observer.ReportedAsync(job, points, cancellation);
            }

            DurableFile.Write(attempt.MetricOffset, Encoding.ASCII.GetBytes(next.ToString(CultureInfo.InvariantCulture)), durable: false);
            _offsets[attempt.Path] = offset = next;
        }
    }

    /// <summary>Takes the last of an attempt that is over.</summary>
    public async Task TakeRestAsync(string job, AttemptDirectory attempt, TaskRecord record, CancellationToken cancellation)
    {
        await TakeAsync(job, attempt, record, cancellation);
        _offsets.TryRemove(attempt.Path, out _);
    }

    private async Task LogAsync(TaskRecord record, List<JobPoint> points, CancellationToken cancellation)
    {
        if (record.Run is not { } run)
        {
            return;
        }

        try
        {
            var known = points.Where(static point => IsName(point.Name)).ToList();
            foreach (var own in runs)
            {
                await own.LogAsync(run, known, cancellation);
            }
        }
        catch (StatusException error)
        {
            // The run was deleted, and the job goes on without it.
            Log.Refused(logger, record.Task, error.Message);
        }
    }

    private static bool IsName(string name)
    {
        try
        {
            RunFields.CheckKey(name, "metric");
            return true;
        }
        catch (StatusException)
        {
            return false;
        }
    }

    private static long Stored(AttemptDirectory attempt) =>
        long.TryParse(UntrustedFolder.ReadFile(attempt.MetricOffset, 64), NumberStyles.None, CultureInfo.InvariantCulture, out var offset)
            ? offset
            : 0;

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "The metrics of task {Task} are not recorded in its run: {Reason}")]
        public static partial void Refused(ILogger logger, string task, string reason);
    }
}
