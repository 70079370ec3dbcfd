using Cairn.Kernel.Database;
using Cairn.Kernel.Work.Chores;

namespace Cairn.Jobs.Logs.Blocks;

/// <summary>
/// Joins the blocks of jobs that have ended. What a program prints slowly is delivered a few lines at a time, each time as a block, and a
/// block costs many times such a line. A job's blocks stay as they
/// are until a while after its end, as who follows the log goes by the time at which they arrived.
/// </summary>
internal sealed class LogPacking(IDatabase database, LogBlockTable blocks, UnpackedLogs unpacked, TimeProvider time) : IChore
{
    /// <summary>How long after a job's end its blocks are joined.</summary>
    public static readonly TimeSpan Rest = TimeSpan.FromMinutes(5);

    /// <summary>How many blocks are looked at together: of the largest, 32 MB.</summary>
    private const int Batch = 500;

    public Chore Chore { get; } = new("log-packing", TimeSpan.FromSeconds(30));

    /// <summary>Joins the blocks of all jobs that are due.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        while (await database.ReadAsync(session => unpacked.Next(session, LogTimes.Of(time.GetUtcNow())), cancellation) is { } job)
        {
            await PackAsync(job.Project, job.Job, cancellation);
            await database.WriteAsync(
                session =>
                {
                    unpacked.Remove(session, job);
                    return true;
                },
                cancellation
            );
        }
    }

    private async Task PackAsync(string project, string job, CancellationToken cancellation)
    {
        StoredBlock? behind = null;
        while (true)
        {
            var last = behind;
            var found = await database.ReadAsync(session => blocks.OfJob(session, project, job, last, Batch), cancellation);
            if (found.Count == 0)
            {
                return;
            }

            var joined = BlockJoin.Runs(found, static stored => stored.Block).Where(static run => run.Count > 1).Select(Join).ToList();
            if (joined.Count > 0)
            {
                await database.WriteAsync(session => Replace(session, joined), cancellation);
            }

            behind = found[^1];
        }
    }

    private static (IReadOnlyList<StoredBlock> Run, StoredBlock Joined, byte[] Body) Join(IReadOnlyList<StoredBlock> run)
    {
        var block = BlockJoin.Close([.. run.Select(static stored => stored.Block)]);
        var joined = run[0] with { Block = block, Received = run.Max(static stored => stored.Received) };
        return (run, joined, BlockCompression.Pack(block.Lines.Span));
    }

    private int Replace(ISqlSession session, List<(IReadOnlyList<StoredBlock> Run, StoredBlock Joined, byte[] Body)> all)
    {
        var replaced = 0;
        foreach (var (run, joined, body) in all)
        {
            // What has been deleted meanwhile must not come back.
            if (blocks.Overlapping(session, joined).Count != run.Count)
            {
                continue;
            }

            foreach (var stored in run)
            {
                blocks.Delete(session, stored);
            }

            blocks.Insert(session, joined, body);
            replaced++;
        }

        return replaced;
    }
}
