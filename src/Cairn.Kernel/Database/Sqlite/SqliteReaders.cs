using System.Diagnostics;

namespace Cairn.Kernel.Database.Sqlite;

/// <summary>
/// The connections that read. Each keeps its snapshot, an open read transaction, until something is committed, here or by another process:
/// beginning and ending one is locks and system calls, which cost more than the read of a row.
/// </summary>
internal sealed class SqliteReaders(string path, WalIndex index) : IDisposable
{
    private static readonly int Slots = Math.Max(8, Environment.ProcessorCount * 4);

    private readonly Lock _gate = new();

    // The one that came back last is taken first, so that few are in use where few are needed.
    private readonly Stack<SqliteReader> _idle = new(Slots);
    private readonly HashSet<SqliteReader> _busy = new(Slots);
    private readonly SemaphoreSlim _slots = new(Slots);

    /// <summary>How long the read has gone on that began first; zero where nothing is read.</summary>
    public TimeSpan Longest
    {
        get
        {
            lock (_gate)
            {
                return _busy.Count == 0 ? TimeSpan.Zero : _busy.Max(static reader => reader.Age);
            }
        }
    }

    public async Task<T> ReadAsync<T>(Func<ISqlSession, T> work, CancellationToken cancellation)
    {
        await _slots.WaitAsync(cancellation);
        try
        {
            var reader = Take();
            try
            {
                // Read before the snapshot begins: a snapshot may be newer than it says, never older.
                reader.Renew(index.Stand());
                var result = work(reader.Session);
                PutBack(reader);
                return result;
            }
            catch (SqliteError)
            {
                // The connection is in an unknown state; a new one costs less than finding out.
                Discard(reader);
                throw;
            }
            catch
            {
                PutBack(reader);
                throw;
            }
        }
        finally
        {
            _slots.Release();
        }
    }

    /// <summary>
    /// Called by the writer before it commits, which makes every snapshot an old one. Ends those that no one reads from: an old one would
    /// keep the checkpoint from being complete and the write-ahead log from starting over, and it would grow.
    /// </summary>
    public void EndIdle()
    {
        lock (_gate)
        {
            foreach (var reader in _idle)
            {
                reader.End();
            }
        }
    }

    /// <summary>
    /// Lets no read begin, and waits for those that have begun. False where one goes on for longer than <paramref name="patience"/>; then
    /// reads begin again.
    /// </summary>
    public bool TryHold(TimeSpan patience)
    {
        var begin = Stopwatch.GetTimestamp();
        for (var held = 0; held < Slots; held++)
        {
            var left = patience - Stopwatch.GetElapsedTime(begin);
            if (!_slots.Wait(left > TimeSpan.Zero ? left : TimeSpan.Zero))
            {
                if (held > 0)
                {
                    _slots.Release(held);
                }

                return false;
            }
        }

        return true;
    }

    /// <summary>Lets reads begin again after <see cref="TryHold"/>.</summary>
    public void LetGo() => _slots.Release(Slots);

    public void Dispose()
    {
        while (_idle.TryPop(out var reader))
        {
            reader.Dispose();
        }

        _slots.Dispose();
    }

    private SqliteReader Take()
    {
        lock (_gate)
        {
            if (_idle.TryPop(out var reader))
            {
                reader.Begin();
                _busy.Add(reader);
                return reader;
            }
        }

        var made = new SqliteReader(new SqliteSession(path, writer: false));
        lock (_gate)
        {
            _busy.Add(made);
        }

        return made;
    }

    private void PutBack(SqliteReader reader)
    {
        // Something was committed while it read, and if nothing is committed from now on, no one else ends it.
        reader.EndUnless(index.Stand());
        lock (_gate)
        {
            _busy.Remove(reader);
            _idle.Push(reader);
        }
    }

    private void Discard(SqliteReader reader)
    {
        lock (_gate)
        {
            _busy.Remove(reader);
        }

        reader.Dispose();
    }
}
