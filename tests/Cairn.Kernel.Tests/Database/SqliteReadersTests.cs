using Cairn.Kernel.Database.Sqlite;
using Cairn.Testing;

namespace Cairn.Kernel.Tests.Database;

public sealed class SqliteReadersTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task the_log_starts_over_though_connections_stay_that_have_read()
    {
        var path = _scratch["database"];
        await using var database = new SqliteDatabase(path);
        await database.WriteAsync(static session => session.Execute("CREATE TABLE t (id INTEGER PRIMARY KEY, text TEXT)"));
        var text = new string('x', 1 << 20);
        for (var i = 0; i < 100; i++)
        {
            await database.WriteAsync(session => session.Execute("INSERT OR REPLACE INTO t VALUES (1, $1)", text));
            (
                await database.ReadAsync(static session => session.QueryFirst("SELECT length(text) FROM t", static row => row.GetInt64(0)))
            ).ShouldBe(text.Length);
        }

        // A hundred megabytes were written; the log is checkpointed at 16.
        new FileInfo(path + "-wal").Length.ShouldBeLessThan(40 << 20);
    }

    [Fact]
    public async Task every_reader_sees_what_was_acknowledged_before_it_began()
    {
        await using var database = new SqliteDatabase(_scratch["database"]);
        await database.WriteAsync(static session => session.Execute("CREATE TABLE t (client INTEGER PRIMARY KEY, value INTEGER)"));
        await Task.WhenAll(
            Enumerable
                .Range(0, 12)
                .Select(client =>
                    Task.Run(async () =>
                    {
                        for (var value = 0; value < 200; value++)
                        {
                            await database.WriteAsync(session =>
                                session.Execute("INSERT OR REPLACE INTO t VALUES ($1, $2)", client, value)
                            );
                            (
                                await database.ReadAsync(session =>
                                    session.QueryFirst("SELECT value FROM t WHERE client = $1", static row => row.GetInt64(0), client)
                                )
                            ).ShouldBe(value);
                        }
                    })
                )
        );
    }

    [Fact]
    public async Task what_another_program_commits_is_seen_at_once()
    {
        var path = _scratch["database"];
        await using var database = new SqliteDatabase(path);
        await database.WriteAsync(static session => session.Execute("CREATE TABLE t (value INTEGER)"));
        for (var value = 0; value < 20; value++)
        {
            (await CountAsync()).ShouldBe(value);
            // Python's own engine, in a process of its own.
            using var other = System.Diagnostics.Process.Start(
                "/usr/bin/python3",
                ["-c", "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('INSERT INTO t VALUES (1)'); c.commit()", path]
            );
            await other.WaitForExitAsync();
            other.ExitCode.ShouldBe(0);
        }

        (await CountAsync()).ShouldBe(20);

        Task<long> CountAsync() =>
            database.ReadAsync(static session => session.QueryFirst("SELECT COUNT(*) FROM t", static row => row.GetInt64(0)));
    }

    [Fact]
    public async Task a_read_that_fails_leaves_a_connection_that_reads_on()
    {
        await using var database = new SqliteDatabase(_scratch["database"]);
        for (var i = 0; i < 50; i++)
        {
            await Should.ThrowAsync<InvalidOperationException>(() =>
                database.ReadAsync<int>(static session =>
                    session.QueryFirst<int>("SELECT 1", static _ => throw new InvalidOperationException())
                )
            );
            await Should.ThrowAsync<System.Data.Common.DbException>(() =>
                database.ReadAsync(static session => session.Execute("SELECT * FROM nothing"))
            );
            (await database.ReadAsync(static session => session.QueryFirst("SELECT 2", static row => row.GetInt64(0)))).ShouldBe(2);
        }
    }
}
