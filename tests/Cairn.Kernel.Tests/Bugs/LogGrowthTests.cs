using Cairn.Kernel.Database;
using Cairn.Kernel.Database.Sqlite;
using Cairn.Testing;
using Microsoft.Extensions.Logging;

namespace Cairn.Kernel.Tests.Bugs;

/// <summary>SQLite's write-ahead log is bounded, whoever reads.</summary>
public sealed class LogGrowthTests : IDisposable
{
    private const int Rows = 256;
    private const string Slow =
        "WITH RECURSIVE c(x) AS (SELECT (SELECT COUNT(*) FROM t WHERE id < 8) UNION ALL SELECT x + 1 FROM c WHERE x < 400) SELECT MAX(x) FROM c";

    private static readonly string Text = new('x', 64 << 10);
    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task the_log_starts_over_though_threads_wait_that_have_read_before()
    {
        var path = _scratch["database"];
        await using var database = await OpenAsync(path);
        using var all = new Barrier(7);
        using var written = new ManualResetEventSlim();
        var threads = Enumerable
            .Range(0, 6)
            .Select(_ => new Thread(() =>
            {
                // All read at once, each with a connection of its own, and then live on without reading.
                database
                    .ReadAsync(session =>
                    {
                        var count = Count(session);
                        all.SignalAndWait();
                        return count;
                    })
                    .GetAwaiter()
                    .GetResult();
                all.SignalAndWait();
                written.Wait();
            }))
            .ToList();
        threads.ForEach(static thread => thread.Start());
        all.SignalAndWait();
        all.SignalAndWait();
        for (var i = 0; i < 800; i++)
        {
            await WriteAsync(database, i);
        }

        written.Set();
        threads.ForEach(static thread => thread.Join());
        new FileInfo(path + "-wal").Length.ShouldBeLessThan(40 << 20);
    }

    [Fact]
    public async Task the_log_stays_small_under_reads_that_always_overlap()
    {
        var path = _scratch["database"];
        await using var database = await OpenAsync(path);
        var megabytes = Environment.GetEnvironmentVariable("CAIRN_SOAK") is null ? 120 : 4_000;
        using var enough = new CancellationTokenSource();
        var readers = Enumerable
            .Range(0, 4)
            .Select(_ =>
                Task.Run(async () =>
                {
                    while (!enough.IsCancellationRequested)
                    {
                        await database.ReadAsync(static session => session.QueryFirst(Slow, static row => row.GetInt64(0)));
                    }
                })
            )
            .ToList();
        var most = 0L;
        for (var written = 0; written < megabytes * 16; written += 8)
        {
            await Task.WhenAll(Enumerable.Range(written, 8).Select(i => WriteAsync(database, i)));
            most = Math.Max(most, new FileInfo(path + "-wal").Length);
        }

        await enough.CancelAsync();
        await Task.WhenAll(readers);
        most.ShouldBeLessThan(64 << 20);
    }

    [Fact]
    public async Task a_read_without_end_is_told_and_the_log_recovers_from_it()
    {
        var path = _scratch["database"];
        var told = new Told();
        await using var database = await OpenAsync(path, told);
        using var began = new ManualResetEventSlim();
        using var end = new ManualResetEventSlim();
        var read = Task.Run(() =>
            database.ReadAsync(session =>
            {
                var count = Count(session);
                began.Set();
                end.Wait();
                return count;
            })
        );
        began.Wait();
        for (var i = 0; told.Text is null; i++)
        {
            i.ShouldBeLessThan(16_000, "A gigabyte was written.");
            await WriteAsync(database, i);
        }

        told.Text.ShouldContain("a read has gone on for");
        end.Set();
        await read;
        await Poll.UntilAsync(() => new FileInfo(path + "-wal").Length <= 16 << 20, "a short log", TimeSpan.FromSeconds(30));
    }

    private static async Task<SqliteDatabase> OpenAsync(string path, ILogger<SqliteDatabase>? logger = null)
    {
        var database = new SqliteDatabase(path, logger);
        await database.WriteAsync(static session => session.Execute("CREATE TABLE t (id INTEGER PRIMARY KEY, text TEXT)"));
        return database;
    }

    private static long Count(ISqlSession session) => session.QueryFirst("SELECT COUNT(*) FROM t", static row => row.GetInt64(0));

    private static Task<int> WriteAsync(SqliteDatabase database, int index) =>
        database.WriteAsync(session => session.Execute("INSERT OR REPLACE INTO t VALUES ($1, $2)", index % Rows, Text));

    private sealed class Told : ILogger<SqliteDatabase>
    {
        public string? Text { get; private set; }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => Text = formatter(state, exception);
    }
}
