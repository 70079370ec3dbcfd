using System.Diagnostics;

namespace Cairn.Kernel.Database.Sqlite;

/// <summary>
/// A connection that reads, and the snapshot that it has open: a read transaction, in which it sees one state of the database.
/// </summary>
internal sealed class SqliteReader(SqliteSession session) : IDisposable
{
    private bool _open;
    private ulong? _snapshot;
    private long _began = Stopwatch.GetTimestamp();

    public SqliteSession Session => session;

    /// <summary>How long the read has gone on that is made now.</summary>
    public TimeSpan Age => Stopwatch.GetElapsedTime(Volatile.Read(ref _began));

    /// <summary>A read begins.</summary>
    public void Begin() => Volatile.Write(ref _began, Stopwatch.GetTimestamp());

    /// <summary>Makes the snapshot one that has all that the log has where it stands.</summary>
    public void Renew(ulong? stand)
    {
        if (IsAt(stand))
        {
            return;
        }

        End();
        session.Execute("BEGIN");
        (_open, _snapshot) = (true, stand);
    }

    /// <summary>Ends the snapshot unless it is the newest: an old one that no one reads from holds up the log.</summary>
    public void EndUnless(ulong? stand)
    {
        if (!IsAt(stand))
        {
            End();
        }
    }

    public void End()
    {
        if (_open)
        {
            session.Execute("COMMIT");
            _open = false;
        }
    }

    public void Dispose() => session.Dispose();

    private bool IsAt(ulong? stand) => _open && stand is not null && _snapshot == stand;
}
