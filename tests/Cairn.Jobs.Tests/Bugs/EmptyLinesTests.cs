using Cairn.Jobs.Agent;
using Cairn.Jobs.Logs;
using Cairn.Jobs.Logs.Blocks;
using Cairn.Kernel.Database;
using Cairn.Kernel.Database.Sqlite;
using Cairn.Testing;
using Google.Cloud.Logging.Type;

namespace Cairn.Jobs.Tests.Bugs;

/// <summary>
/// A job that printed ten megabytes of newlines made its server's folder grow to sixteen gigabytes, and was RUNNING for minutes past its
/// end.
/// </summary>
public sealed class EmptyLinesTests
{
    private const int Lines = 1_000_000;

    [Fact]
    public async Task a_million_empty_lines_take_a_few_bytes_each_in_the_spool_and_in_the_store()
    {
        using var scratch = new ScratchDirectory();
        using (var spool = new LogSpool(scratch["log.spool"], 1, "w", long.MaxValue, TimeProvider.System))
        {
            var splitter = new LineSplitter(line => spool.Add(LogSeverity.Info, line));
            var newlines = new byte[64 << 10];
            newlines.AsSpan().Fill((byte)'\n');
            for (var left = Lines; left > 0; left -= newlines.Length)
            {
                splitter.Add(newlines.AsSpan(0, Math.Min(left, newlines.Length)));
                spool.Flush();
            }
        }

        new FileInfo(scratch["log.spool"]).Length.ShouldBeLessThan(Lines * 8L);
        await using (var database = new SqliteDatabase(scratch["log.db"]))
        {
            await Migrations.ApplyAsync(database, [LogTable.Migrations, LogBlockTable.Migrations]);
            var store = new LogStore(database, new LogTable(), new LogBlockTable(), [], TimeProvider.System);
            for (var offset = 0L; LogSpool.Read(scratch["log.spool"], offset) is { Blocks.Count: > 0 } part; offset = part.Next)
            {
                await store.WriteAsync("p", "l", "1", part.Blocks, default);
            }

            var (last, _) = await store.ReadAsync("p", LogFilter.Parse(""), true, null, 1, default);
            last.ShouldHaveSingleItem().InsertId.ShouldBe($"001000{Lines - 1:x10}");
        }

        new FileInfo(scratch["log.db"]).Length.ShouldBeLessThan(Lines * 16L);
    }

    [Fact]
    public async Task lines_that_are_printed_one_by_one_are_stored_together()
    {
        const int lines = 20_000;
        using var scratch = new ScratchDirectory();
        using (var spool = new LogSpool(scratch["log.spool"], 1, "w", long.MaxValue, TimeProvider.System))
        {
            for (var i = 0; i < lines; i++)
            {
                spool.Add(LogSeverity.Info, $"{i}");
                spool.Flush();
            }
        }

        await using var database = new SqliteDatabase(scratch["log.db"]);
        await Migrations.ApplyAsync(database, [LogTable.Migrations, LogBlockTable.Migrations]);
        var store = new LogStore(database, new LogTable(), new LogBlockTable(), [], TimeProvider.System);
        var blocks = 0;
        for (var offset = 0L; LogSpool.Read(scratch["log.spool"], offset) is { Blocks.Count: > 0 } part; offset = part.Next)
        {
            blocks += part.Blocks.Count;
            await store.WriteAsync("p", "l", "1", part.Blocks, default);
        }

        blocks.ShouldBeLessThan(20);
        LogPosition? after = null;
        for (var i = 0; i < lines; i += 1000)
        {
            var (page, next) = await store.ReadAsync("p", LogFilter.Parse(""), false, after, 1000, default);
            page.Select(static entry => entry.JsonPayload.Fields["message"].StringValue)
                .ShouldBe(Enumerable.Range(i, 1000).Select(static number => $"{number}"));
            after = next;
        }
    }

    [Fact]
    public void what_is_kept_of_a_task_is_limited_by_its_lines_as_well()
    {
        using var scratch = new ScratchDirectory();
        using var spool = new LogSpool(scratch["log.spool"], 1, "w", 1000 * LogSpool.LineCost, TimeProvider.System);
        for (var i = 0; i < 5000; i++)
        {
            spool.Add(LogSeverity.Info, "");
        }

        spool.Discarded.ShouldBe(3999);
    }
}
