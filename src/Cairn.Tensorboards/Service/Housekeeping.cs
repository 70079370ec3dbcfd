using Cairn.Kernel.Database;
using Cairn.Kernel.Work.Chores;
using Cairn.Tensorboards.Points;

namespace Cairn.Tensorboards.Service;

/// <summary>Deletes blobs whose rows are gone, and writes down who read what.</summary>
internal sealed class Housekeeping(IDatabase database, BlobShelf shelf, Usage usage) : IChore
{
    public Chore Chore { get; } = new("tensorboards", TimeSpan.FromSeconds(10));

    public async Task RunAsync(CancellationToken cancellation)
    {
        await usage.FlushAsync(cancellation);
        foreach (var (id, bucket, prefix) in await database.ReadAsync(GarbageTable.Next, cancellation))
        {
            await shelf.DeleteAsync(bucket, prefix, cancellation);
            await database.WriteAsync(
                session =>
                {
                    GarbageTable.Remove(session, id);
                    return true;
                },
                cancellation
            );
        }
    }
}
