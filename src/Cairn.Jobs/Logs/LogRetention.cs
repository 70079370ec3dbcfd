using Cairn.Jobs.Logs.Blocks;
using Cairn.Kernel.Database;
using Cairn.Kernel.Work.Chores;

namespace Cairn.Jobs.Logs;

/// <summary>Deletes entries when they are old, and those of jobs whose run was removed.</summary>
internal sealed class LogRetention(IDatabase database, LogTable table, LogBlockTable blocks, JobsOptions options, TimeProvider time)
    : IChore
{
    private const int Batch = 2000;

    /// <summary>Blocks have up to thousands of lines each, and are some kilobytes.</summary>
    private const int BlockBatch = 200;

    private static readonly TimeSpan AgeInterval = TimeSpan.FromHours(1);

    private DateTimeOffset _nextAge = DateTimeOffset.MinValue;

    public Chore Chore { get; } = new("log-retention", TimeSpan.FromSeconds(15)) { First = TimeSpan.Zero };

    public async Task RunAsync(CancellationToken cancellation)
    {
        while (await database.ReadAsync(table.Discarded, cancellation) is { } job)
        {
            while (
                await database.WriteAsync(session => blocks.DeleteOf(session, job.Project, job.Job, BlockBatch), cancellation) >= BlockBatch
            ) { }

            while (await database.WriteAsync(session => table.DeleteDiscarded(session, job.Project, job.Job, Batch), cancellation)) { }
        }

        if (time.GetUtcNow() >= _nextAge)
        {
            var (before, beforeOfJobs) = (
                LogTimes.Of(time.GetUtcNow() - options.LogRetention),
                LogTimes.Of(time.GetUtcNow() - options.JobLogRetention)
            );
            while (await database.WriteAsync(session => table.DeleteBefore(session, before, beforeOfJobs, Batch), cancellation) >= Batch)
            { }

            while (
                await database.WriteAsync(session => blocks.DeleteBefore(session, Math.Min(before, beforeOfJobs), BlockBatch), cancellation)
                >= BlockBatch
            ) { }

            _nextAge = time.GetUtcNow() + AgeInterval;
        }
    }
}
