using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Cairn.Kernel.Database.Sqlite;

/// <summary>
/// Keeps the write-ahead log small; used by the writer's thread between commits. A large log is copied into the database, and starts over
/// at its beginning once all is copied and no connection reads from it (sqlite.org/wal.html#avoiding_excessively_large_wal_files). Under
/// reads that overlap, that moment never comes by itself: then it is made, by holding reads and writes for as long as the reads take that
/// have begun.
/// </summary>
internal sealed partial class SqliteLog(SqliteSession writer, SqliteReaders readers, WalIndex index, ILogger logger)
{
    /// <summary>
    /// From here on the log is copied, while others read, and again whenever it has grown by <see cref="Step"/>: each copy looks at the
    /// whole log.
    /// </summary>
    private const long Large = 16 << 20;
    private const long Step = 4 << 20;

    /// <summary>From here on reads are held for it; the file never keeps more for long.</summary>
    public const long Limit = 2 * Large;

    /// <summary>
    /// From here on they are held for longer, so that only a read of seconds can make it grow beyond <see cref="Alarm"/>.
    /// </summary>
    private const long Urgent = 3 * Large;

    /// <summary>From here on it is told.</summary>
    private const long Alarm = 4 * Large;

    /// <summary>
    /// How long the writer sleeps before it looks after a large log, in milliseconds; where another program was in the way, the longer.
    /// </summary>
    private const int Idle = 1_000;
    private const int IdleInVain = 30_000;

    /// <summary>Attempts in vain take a fifth of the time at most.</summary>
    private const int Pause = 5;

    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan UrgentPatience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan TellAgain = TimeSpan.FromMinutes(1);

    private long _copied;
    private long _tried;
    private long _told;
    private TimeSpan _patience;
    private bool _isInVain;

    /// <summary>How long the writer may sleep where nothing is to be written, in milliseconds: for ever, unless the log is large.</summary>
    public int Rest =>
        index.LogBytes <= Large ? Timeout.Infinite
        : _isInVain ? IdleInVain
        : Idle;

    /// <summary>After a commit.</summary>
    public void Tend()
    {
        var bytes = index.LogBytes;
        // Less than before: it has started over.
        _copied = Math.Min(_copied, bytes);
        if (bytes > Large && bytes - _copied >= Step)
        {
            Copy();
            _copied = bytes;
        }

        var wanted = bytes > Urgent ? UrgentPatience : Patience;
        if (bytes > Limit && (wanted > _patience || Stopwatch.GetElapsedTime(_tried) > Pause * _patience))
        {
            StartOver("PRAGMA wal_checkpoint(RESTART)", wanted);
        }
    }

    /// <summary>When nothing has been written for a while: gives back the space too.</summary>
    public void TendIdle() => StartOver("PRAGMA wal_checkpoint(TRUNCATE)", Patience);

    private void Copy()
    {
        try
        {
            writer.Execute("PRAGMA wal_checkpoint(PASSIVE)");
        }
        catch (SqliteError error)
        {
            Tell(error.Message);
        }
    }

    private void StartOver(string checkpoint, TimeSpan patient)
    {
        _patience = patient;
        if (!readers.TryHold(patient))
        {
            _tried = Stopwatch.GetTimestamp();
            Tell($"a read has gone on for {readers.Longest.TotalSeconds:0.0} s");
            return;
        }

        try
        {
            readers.EndIdle();
            // Other programs that read the database are not waited for.
            writer.Execute("PRAGMA busy_timeout = 0");
            _isInVain = writer.QueryFirst(checkpoint, static row => row.GetInt64(0) != 0);
            if (_isInVain)
            {
                Tell("another program has the database open and reads or writes it");
            }
            else
            {
                _patience = TimeSpan.Zero;
            }
        }
        catch (SqliteError error)
        {
            _isInVain = true;
            Tell(error.Message);
        }
        finally
        {
            _tried = Stopwatch.GetTimestamp();
            writer.Execute($"PRAGMA busy_timeout = {SqliteSession.BusyTimeout}");
            readers.LetGo();
        }
    }

    private void Tell(string reason)
    {
        var bytes = index.LogBytes;
        if (bytes > Alarm && (_told == 0 || Stopwatch.GetElapsedTime(_told) > TellAgain))
        {
            _told = Stopwatch.GetTimestamp();
            Log.Grows(logger, bytes >> 20, reason);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            1,
            LogLevel.Warning,
            "The database's write-ahead log has {Megabytes} MB and cannot start over, because {Reason}. It grows until it can."
        )]
        public static partial void Grows(ILogger logger, long megabytes, string reason);
    }
}
