using System.Collections.Concurrent;
using System.Diagnostics;
using Cairn.Kernel.Files;
using Cairn.Kernel.Telemetry;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Cairn.Kernel.Database.Sqlite;

/// <summary>
/// SQLite in WAL mode. One thread writes: it takes what is queued, runs each piece of work in a savepoint, and commits them together, so
/// that many calls share one fsync. Readers have their own connections and see the last commit.
/// </summary>
public sealed class SqliteDatabase : IDatabase
{
    /// <summary>The most calls that share a commit: bounds how long the first of them waits.</summary>
    private const int GroupLimit = 512;

    private readonly BlockingCollection<ISqliteWork> _queue = new(new ConcurrentQueue<ISqliteWork>());
    private readonly WalIndex _index;
    private readonly SqliteReaders _readers;
    private readonly SqliteSession _writer;
    private readonly SqliteLog _log;
    private readonly Thread _thread;
    private readonly DiskReserve? _reserve;
    private readonly StoreTelemetry? _telemetry;

    /// <param name="path">The database file; its folder must exist.</param>
    /// <param name="logger">What is told of a write-ahead log that grows.</param>
    /// <param name="reserve">What is given up for room when the disk is full, or null.</param>
    /// <param name="telemetry">What is told of commits, or null.</param>
    public SqliteDatabase(
        string path,
        ILogger<SqliteDatabase>? logger = null,
        DiskReserve? reserve = null,
        StoreTelemetry? telemetry = null
    )
    {
        Path = path;
        _telemetry = telemetry;
        _reserve = reserve;
        SqliteEngine.Load();
        _writer = new SqliteSession(path, writer: true);
        // The log's index comes into being with the first transaction.
        _writer.Execute("BEGIN IMMEDIATE");
        _writer.Execute("COMMIT");
        _index = new WalIndex(path);
        if (_index.IsKnown)
        {
            // The log is looked after here, between commits, when callers have their answers.
            _writer.Execute("PRAGMA wal_autocheckpoint = 0");
        }

        _readers = new SqliteReaders(path, _index);
        _log = new SqliteLog(_writer, _readers, _index, logger ?? NullLogger<SqliteDatabase>.Instance);
        _thread = new Thread(Write) { IsBackground = true, Name = "sqlite-writer" };
        _thread.Start();
    }

    public SqlDialect Dialect => SqlDialect.Sqlite;

    /// <summary>The database's file.</summary>
    public string Path { get; }

    /// <summary>How many calls wait for the writer.</summary>
    public int Waiting => _queue.IsAddingCompleted ? 0 : _queue.Count;

    /// <summary>What the engine found damaged, or null.</summary>
    public string? Damage { get; private set; }

    /// <summary>The version of the engine that is loaded: <c>3.53.4</c>.</summary>
    public static string EngineVersion => SqliteEngine.Version;

    /// <summary>
    /// Looks through the database's structure (<c>PRAGMA quick_check</c>, which reads the whole file but does not compare indexes with
    /// tables), beside a running server too. Null where it is sound, else what is wrong.
    /// </summary>
    public static string? QuickCheck(string path)
    {
        SqliteEngine.Load();
        try
        {
            using var session = new SqliteSession(path, writer: false);
            var found = session.Query("PRAGMA quick_check(3)", static row => row.GetString(0));
            return found is ["ok"] ? null : string.Join(" ", found).ReplaceLineEndings("; ") + ".";
        }
        catch (SqliteError error)
        {
            return error.Message;
        }
    }

    /// <summary>Notes that a check found the database damaged.</summary>
    public void NoteDamage(string what) => Damage = what;

    public Task<T> WriteAsync<T>(Func<ISqlSession, T> work, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        if (TelemetryNames.Recorded is not null)
        {
            return WriteTracedAsync(work, cancellation);
        }

        var item = new SqliteWork<T>(work);
        _queue.Add(item, cancellation);
        return item.Task;
    }

    private Task<T> WriteTracedAsync<T>(Func<ISqlSession, T> work, CancellationToken cancellation) =>
        StoreTelemetry.TracedAsync(
            Dialect,
            async span =>
            {
                var queued = Stopwatch.GetTimestamp();
                var item = new SqliteWork<T>(work);
                _queue.Add(item, cancellation);
                try
                {
                    return await item.Task;
                }
                finally
                {
                    if (item.Begun > 0)
                    {
                        span?.SetTag("cairn.transaction.wait", Stopwatch.GetElapsedTime(queued, item.Begun).TotalSeconds);
                    }
                }
            }
        );

    public async Task<T> ReadAsync<T>(Func<ISqlSession, T> work, CancellationToken cancellation = default)
    {
        try
        {
            return await _readers.ReadAsync(work, cancellation);
        }
        catch (SqliteError error)
        {
            Damage = error.IsDamage ? error.Message : Damage;
            throw SqliteError.ForCallers(error);
        }
    }

    public ValueTask DisposeAsync()
    {
        if (_queue.IsAddingCompleted)
        {
            return ValueTask.CompletedTask;
        }

        _queue.CompleteAdding();
        _thread.Join();
        _writer.Dispose();
        _readers.Dispose();
        _index.Dispose();
        _queue.Dispose();
        return ValueTask.CompletedTask;
    }

    private void Write()
    {
        var group = new List<ISqliteWork>(GroupLimit);
        while (Next() is { } first)
        {
            group.Clear();
            group.Add(first);
            var began = _telemetry?.Begin() ?? 0;
            var failure = Commit(group, isOpen: true);
            if (failure is SqliteError { IsFull: true } && _reserve is not null)
            {
                // Deletions and the ends of jobs are worth the reserve; what would grow the store is refused at the entrance from now on.
                _reserve.Release();
                _log.TendIdle();
                failure = Commit(group, isOpen: false);
            }

            if (failure is SqliteError { IsDamage: true })
            {
                Damage = failure.Message;
            }

            _telemetry?.Ended(began, Dialect, group.Count, Word(failure));

            foreach (var item in group)
            {
                if (failure is null)
                {
                    item.Complete();
                }
                else
                {
                    item.Fail(failure);
                }
            }

            if (failure is null && _reserve is { IsFull: true })
            {
                // Deletions are written to the log too, which must not take up the room that they make.
                _log.TendIdle();
            }
            else
            {
                _log.Tend();
            }
        }
    }

    /// <summary>A failure as measurements have it.</summary>
    private static string? Word(Exception? failure) =>
        failure switch
        {
            null => null,
            SqliteError { IsFull: true } => "full",
            SqliteError { IsDamage: true } => "damaged",
            _ => "_OTHER",
        };

    /// <summary>Runs a group of work and commits it; returns why it could not be.</summary>
    /// <param name="group">What to run.</param>
    /// <param name="isOpen">Whether what comes in meanwhile joins the group.</param>
    private Exception? Commit(List<ISqliteWork> group, bool isOpen)
    {
        try
        {
            _writer.Execute("BEGIN IMMEDIATE");
            for (var i = 0; i < group.Count; i++)
            {
                RunInSavepoint(group[i]);
                if (isOpen && i == group.Count - 1 && group.Count < GroupLimit && _queue.TryTake(out var next))
                {
                    group.Add(next);
                }
            }

            _readers.EndIdle();
            _writer.Execute("COMMIT");
            return null;
        }
        catch (Exception error)
        {
            TryRollback();
            return error;
        }
    }

    /// <summary>Waits for work; null once there will be no more.</summary>
    private ISqliteWork? Next()
    {
        ISqliteWork? item;
        while (!_queue.TryTake(out item, _log.Rest))
        {
            if (_queue.IsCompleted)
            {
                return null;
            }

            _log.TendIdle();
        }

        return item;
    }

    private void RunInSavepoint(ISqliteWork item)
    {
        _writer.Execute("SAVEPOINT work");
        if (!item.Run(_writer))
        {
            // Then the engine has rolled the whole transaction back, and there is no savepoint any more.
            if (item.Failure is SqliteError { IsFull: true } full)
            {
                throw full;
            }

            _writer.Execute("ROLLBACK TO work");
        }

        _writer.Execute("RELEASE work");
    }

    private void TryRollback()
    {
        try
        {
            _writer.Execute("ROLLBACK");
        }
        catch (SqliteError)
        {
            // A failed commit may have rolled back already; then there is no transaction to end.
        }
    }
}
