using Cairn.Kernel.Database;
using Cairn.Kernel.Store;
using Microsoft.Extensions.Hosting;

namespace Cairn.Kernel.Work.Chores;

/// <summary>
/// Sees to it at the start that each chore of the store has its item, and that none is due later than its period allows: where the period
/// has become shorter with a new version, or the clock was set back while no server ran.
/// </summary>
internal sealed class ChoreItems(IDatabase database, IEnumerable<IWorker> workers, WorkSignal signal, TimeProvider time) : IHostedService
{
    private readonly IReadOnlyList<StoreChore> _chores = [.. workers.OfType<StoreChore>()];

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var off = await database.ReadAsync(
            session => _chores.Where(chore => !IsInOrder(WorkTable.DueOf(session, chore.Kind.Name, StoreChore.Key), chore, now)).ToList(),
            cancellationToken
        );
        if (off.Count == 0)
        {
            return;
        }

        await database.WriteAsync(
            session =>
            {
                foreach (var chore in off)
                {
                    // Another server may have done the same meanwhile.
                    if (WorkTable.DueOf(session, chore.Kind.Name, StoreChore.Key) is not { } due)
                    {
                        WorkTable.Insert(session, chore.Kind.Name, StoreChore.Key, null, now + chore.Chore.First);
                    }
                    else if (due > Latest(chore, now))
                    {
                        WorkTable.Wake(session, chore.Kind.Name, StoreChore.Key, now);
                    }
                }

                session.OnCommit(signal.Pulse);
                return true;
            },
            cancellationToken
        );
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static bool IsInOrder(long? due, StoreChore chore, DateTimeOffset now) => due <= Latest(chore, now);

    /// <summary>When an item may be due at the latest: a run, or the lease of one that runs now, from now.</summary>
    private static long Latest(StoreChore chore, DateTimeOffset now) =>
        Timestamps.ToMicros(
            now + TimeSpan.FromTicks(Math.Max(Math.Max(chore.Chore.Every.Ticks, chore.Chore.First.Ticks), chore.Kind.Lease.Ticks))
        );
}
