using System.Collections.Concurrent;

namespace Cairn.Kernel.Database.Sqlite;

/// <summary>
/// The connections that read. Each keeps its snapshot, an open read transaction, until something is committed, here or by another process: beginning and ending
/// one is locks and system calls, which cost more than the read of a row.
/// </summary>
internal sealed class SqliteReaders(string path, WalIndex index) : IDisposable
{
    private static readonly int Slots = Math.Max(8, Environment.ProcessorCount * 4);

    private readonly ConcurrentBag<Reader> idle = [];
    private readonly SemaphoreSlim slots = new(Slots);

    public async Task<T> ReadAsync<T>(Func<ISqlSession, T> work, CancellationToken cancellation)
    {
        await slots.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (!idle.TryTake(out var reader))
            {
                reader = new Reader(new SqliteSession(path, writer: false));
            }

            try
            {
                // Read before the snapshot begins: a snapshot may be newer than it says, never older.
                reader.Renew(index.Stand());
                var result = work(reader.Session);
                idle.Add(reader);
                return result;
            }
            catch (SqliteError)
            {
                // The connection is in an unknown state; a new one costs less than finding out.
                reader.Session.Dispose();
                throw;
            }
            catch
            {
                idle.Add(reader);
                throw;
            }
        }
        finally
        {
            slots.Release();
        }
    }

    /// <summary>
    /// Called by the writer before it commits, which makes every snapshot an old one. Ends those that no one reads from: an old one would keep the checkpoint
    /// from being complete and the write-ahead log from starting over, and it would grow.
    /// </summary>
    public void EndIdle()
    {
        for (var left = idle.Count; left > 0 && idle.TryTake(out var reader); left--)
        {
            if (idle.Count >= Slots)
            {
                // Made while this loop held others.
                reader.Session.Dispose();
                continue;
            }

            reader.End();
            idle.Add(reader);
        }
    }

    public void Dispose()
    {
        while (idle.TryTake(out var reader))
        {
            reader.Session.Dispose();
        }

        slots.Dispose();
    }

    private sealed class Reader(SqliteSession session)
    {
        private bool open;
        private ulong? snapshot;

        public SqliteSession Session => session;

        /// <summary>Makes the snapshot one that has all that the log has where it stands.</summary>
        public void Renew(ulong? stand)
        {
            if (open && stand is not null && snapshot == stand)
            {
                return;
            }

            End();
            session.Execute("BEGIN");
            (open, snapshot) = (true, stand);
        }

        public void End()
        {
            if (open)
            {
                session.Execute("COMMIT");
                open = false;
            }
        }
    }
}
