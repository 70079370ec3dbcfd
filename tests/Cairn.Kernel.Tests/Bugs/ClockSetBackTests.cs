using Cairn.Kernel.Tests.Database;
using Cairn.Kernel.Tests.Work;
using Cairn.Kernel.Work;

namespace Cairn.Kernel.Tests.Bugs;

/// <summary>Work that was due, or waited, when the clock was set back by a day lay there for that day.</summary>
public abstract class ClockSetBackConformance(DatabaseFixture fixture) : WorkTests(fixture)
{
    [Fact]
    public async Task a_clock_that_is_set_back_puts_no_work_off()
    {
        var waits = true;
        await using var server = new WorkServer(
            Database,
            Time,
            (queue, item, _) =>
                item.Key == "waits" && waits ? Task.FromResult(WorkStep.Again(TimeSpan.FromHours(1))) : EffectAsync(Database, queue, item)
        );
        await EnqueueAsync(server, "waits");
        await RowAsync("waits", row => row.Due == Time.GetUtcNow() + TimeSpan.FromHours(1));
        waits = false;

        // One that was put in line by the clock of before, and has not been claimed.
        await Database.WriteAsync(session =>
            session.Execute(
                "INSERT INTO work (kind, key, due) VALUES ('test', 'due', $1)",
                (long)(Time.GetUtcNow().AddSeconds(-1) - DateTimeOffset.UnixEpoch).TotalMicroseconds
            )
        );
        Time.AdjustTime(Time.GetUtcNow() - TimeSpan.FromDays(1));
        server.Signal.Pulse();
        await RowAsync("waits", row => row.Due == Time.GetUtcNow() + TimeSpan.FromHours(1));
        Time.AdjustTime(Time.GetUtcNow() + TimeSpan.FromHours(1));
        server.Signal.Pulse();
        await EndAsync(server);
        (await EffectsAsync()).ShouldBe(["due", "waits"], ignoreOrder: true);
    }
}

public sealed class ClockSetBackOnSqlite(SqliteFixture fixture) : ClockSetBackConformance(fixture), IClassFixture<SqliteFixture>;

public sealed class ClockSetBackOnPostgreSql(PostgresFixture fixture) : ClockSetBackConformance(fixture), IClassFixture<PostgresFixture>;
