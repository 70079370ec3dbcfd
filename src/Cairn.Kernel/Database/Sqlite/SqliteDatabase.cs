using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Cairn.Kernel.Database.Sqlite;

/// <summary>
/// SQLite in WAL mode. One thread writes: it takes what is queued, runs each piece of work in a savepoint, and commits them together, so that many calls
/// share one fsync. Readers have their own connections and see the last commit.
/// </summary>
public sealed class SqliteDatabase : IDatabase
{
    /// <summary>The most calls that share a commit: bounds how long the first of them waits.</summary>
    private const int GroupLimit = 512;

    private readonly BlockingCollection<ISqliteWork> queue = new(new ConcurrentQueue<ISqliteWork>());
    private readonly WalIndex index;
    private readonly SqliteReaders readers;
    private readonly SqliteSession writer;
    private readonly SqliteLog log;
    private readonly Thread thread;

    /// <param name="path">The database file; its folder must exist.</param>
    /// <param name="logger">What is told of a write-ahead log that grows.</param>
    public SqliteDatabase(string path, ILogger<SqliteDatabase>? logger = null)
    {
        SqliteLibrary.Load();
        writer = new SqliteSession(path, writer: true);
        // The log's index comes into being with the first transaction.
        writer.Execute("BEGIN IMMEDIATE");
        writer.Execute("COMMIT");
        index = new WalIndex(path);
        if (index.IsKnown)
        {
            // The log is looked after here, between commits, when callers have their answers.
            writer.Execute("PRAGMA wal_autocheckpoint = 0");
        }

        readers = new SqliteReaders(path, index);
        log = new SqliteLog(writer, readers, index, logger ?? NullLogger<SqliteDatabase>.Instance);
        thread = new Thread(Write) { IsBackground = true, Name = "sqlite-writer" };
        thread.Start();
    }

    public SqlDialect Dialect => SqlDialect.Sqlite;

    public Task<T> WriteAsync<T>(Func<ISqlSession, T> work, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        var item = new SqliteWork<T>(work);
        queue.Add(item, cancellation);
        return item.Task;
    }

    public Task<T> ReadAsync<T>(Func<ISqlSession, T> work, CancellationToken cancellation = default) => readers.ReadAsync(work, cancellation);

    public ValueTask DisposeAsync()
    {
        if (queue.IsAddingCompleted)
        {
            return ValueTask.CompletedTask;
        }

        queue.CompleteAdding();
        thread.Join();
        writer.Dispose();
        readers.Dispose();
        index.Dispose();
        queue.Dispose();
        return ValueTask.CompletedTask;
    }

    private void Write()
    {
        var group = new List<ISqliteWork>(GroupLimit);
        while (Next() is { } first)
        {
            group.Clear();
            var item = first;
            try
            {
                writer.Execute("BEGIN IMMEDIATE");
                do
                {
                    group.Add(item);
                    RunInSavepoint(item);
                }
                while (group.Count < GroupLimit && queue.TryTake(out item));

                readers.EndIdle();
                writer.Execute("COMMIT");
            }
            catch (Exception error)
            {
                TryRollback();
                if (group.Count == 0)
                {
                    group.Add(first);
                }

                foreach (var failed in group)
                {
                    failed.Fail(error);
                }

                continue;
            }

            foreach (var done in group)
            {
                done.Complete();
            }

            log.Tend();
        }
    }

    /// <summary>Waits for work; null once there will be no more.</summary>
    private ISqliteWork? Next()
    {
        ISqliteWork? item;
        while (!queue.TryTake(out item, log.Rest))
        {
            if (queue.IsCompleted)
            {
                return null;
            }

            log.TendIdle();
        }

        return item;
    }

    private void RunInSavepoint(ISqliteWork item)
    {
        writer.Execute("SAVEPOINT work");
        if (!item.Run(writer))
        {
            writer.Execute("ROLLBACK TO work");
        }

        writer.Execute("RELEASE work");
    }

    private void TryRollback()
    {
        try
        {
            writer.Execute("ROLLBACK");
        }
        catch (SqliteError)
        {
            // A failed commit may have rolled back already; then there is no transaction to end.
        }
    }
}
