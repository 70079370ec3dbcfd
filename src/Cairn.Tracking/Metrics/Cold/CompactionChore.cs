using Cairn.Kernel.Errors;
using Cairn.Kernel.Work.Chores;
using Microsoft.Extensions.Logging;

namespace Cairn.Tracking.Metrics.Cold;

/// <summary>Moves metrics to column files in the background.</summary>
internal sealed partial class CompactionChore(MetricCompactor compactor, ILogger<CompactionChore> logger) : IChore
{
    public Chore Chore { get; } = new("metric-files", TimeSpan.FromMinutes(1));

    public async Task RunAsync(CancellationToken cancellation)
    {
        try
        {
            var done = await compactor.CompactAsync(cancellation);
            if (done > 0)
            {
                Log.Done(logger, done);
            }
        }
        catch (StatusException error) when (error.Code == Google.Rpc.Code.Aborted)
        {
            // The run is being written to by several servers; the next pass tries again.
            Log.Busy(logger, error);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "Put the metrics of {Moves} runs into column files.")]
        public static partial void Done(ILogger logger, int moves);

        [LoggerMessage(2, LogLevel.Debug, "A run was too busy for its metrics to be put into a column file; it is tried again.")]
        public static partial void Busy(ILogger logger, Exception error);
    }
}
