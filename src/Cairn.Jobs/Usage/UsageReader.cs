using System.Collections.Concurrent;
using System.Globalization;
using Cairn.Jobs.Interop;
using Cairn.Jobs.Tasks;
using Cairn.Kernel.Errors;
using Cairn.Tracking.Runs.Jobs;
using Microsoft.Extensions.Logging;

namespace Cairn.Jobs.Usage;

/// <summary>
/// Takes the samples that agents leave into the runs of their jobs. How far it has come stands in a file beside them; what is taken again
/// after a kill is recognised, because a point that is logged twice is there once.
/// </summary>
internal sealed partial class UsageReader(IEnumerable<IJobRuns> runs, ILogger<UsageReader> logger)
{
    private readonly ConcurrentDictionary<string, long> _offsets = new();

    /// <summary>Takes what has come since the last time.</summary>
    public async Task TakeAsync(AttemptDirectory attempt, TaskRecord record, CancellationToken cancellation)
    {
        if (record.Run is not { } run)
        {
            return;
        }

        var offset = _offsets.GetOrAdd(attempt.Path, static (_, attempt) => Stored(attempt), attempt);
        while (true)
        {
            var (samples, next) = UsageSpool.Read(attempt.UsageSpool, offset);
            if (next == offset)
            {
                return;
            }

            try
            {
                var points = samples
                    .SelectMany(sample =>
                        sample.Metrics.Select(metric => new JobPoint(
                            MetricNames.Of(metric.Key, record),
                            sample.Step,
                            sample.Time,
                            metric.Value
                        ))
                    )
                    .ToList();
                foreach (var own in runs)
                {
                    await own.LogAsync(run, points, cancellation);
                }
            }
            catch (StatusException error)
            {
                // The run was deleted, and the job goes on without it.
                Log.Refused(logger, record.Task, error.Message);
            }

            DurableFile.Write(
                attempt.UsageOffset,
                System.Text.Encoding.ASCII.GetBytes(next.ToString(CultureInfo.InvariantCulture)),
                durable: false
            );
            _offsets[attempt.Path] = offset = next;
        }
    }

    /// <summary>Takes the last samples of an attempt that is over.</summary>
    public async Task TakeRestAsync(AttemptDirectory attempt, TaskRecord record, CancellationToken cancellation)
    {
        await TakeAsync(attempt, record, cancellation);
        _offsets.TryRemove(attempt.Path, out _);
    }

    private static long Stored(AttemptDirectory attempt) =>
        long.TryParse(UntrustedFolder.ReadFile(attempt.UsageOffset, 64), NumberStyles.None, CultureInfo.InvariantCulture, out var offset)
            ? offset
            : 0;

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "The usage of task {Task} is not recorded: {Reason}")]
        public static partial void Refused(ILogger logger, string task, string reason);
    }
}
