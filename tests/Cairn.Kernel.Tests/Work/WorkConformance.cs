using System.Collections.Concurrent;
using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Tests.Database;
using Cairn.Kernel.Work;
using Cairn.Testing;
using Cairn.Testing.Faults;

namespace Cairn.Kernel.Tests.Work;

/// <summary>What durable work promises on every engine, whatever becomes of the servers.</summary>
public abstract class WorkConformance(DatabaseFixture fixture) : WorkTests(fixture)
{
    [Fact]
    public async Task each_item_is_done_once_by_two_servers_that_share_the_store()
    {
        await using var first = new WorkServer(Database, Time, (queue, item, _) => EffectAsync(Database, queue, item));
        await using var second = new WorkServer(Database, Time, (queue, item, _) => EffectAsync(Database, queue, item));
        await Task.WhenAll(Enumerable.Range(0, 60).Select(i => EnqueueAsync(i % 2 == 0 ? first : second, $"item-{i}")));
        await EndAsync(first);
        (await EffectsAsync()).Order().ShouldBe(Enumerable.Range(0, 60).Select(static i => $"item-{i}").Order());
    }

    [Fact]
    public async Task an_item_that_fails_waits_for_longer_each_time_and_holds_up_no_other()
    {
        var broken = true;
        await using var server = new WorkServer(
            Database,
            Time,
            (queue, item, _) =>
                item.Key == "poison" && broken ? throw new InvalidOperationException("no \0 luck") : EffectAsync(Database, queue, item),
            new WorkKind("test", 1)
        );
        await EnqueueAsync(server, "poison");
        await EnqueueAsync(server, "healthy");
        await Poll.UntilAsync(async () => (await EffectsAsync()).Contains("healthy"), "the healthy item");
        for (var failures = 1; failures <= 4; failures++)
        {
            var (attempt, due, said) = await RowAsync("poison", row => row.Attempt == failures);
            said.ShouldBe("no   luck");
            (due - Time.GetUtcNow()).TotalSeconds.ShouldBe(Math.Pow(2, failures - 1), 0.001);
            Time.AdjustTime(due);
            server.Signal.Pulse();
        }

        await RowAsync("poison", static row => row.Attempt == 5);
        broken = false;
        Time.Advance(TimeSpan.FromMinutes(1));
        server.Signal.Pulse();
        await EndAsync(server);
        (await EffectsAsync()).ShouldBe(["healthy", "poison"], ignoreOrder: true);
    }

    [Fact]
    public async Task a_cancelled_item_has_its_step_told_and_is_ended_by_its_worker()
    {
        var seen = new ConcurrentQueue<bool>();
        await using var server = new WorkServer(
            Database,
            Time,
            async (_, item, lost) =>
            {
                seen.Enqueue(item.Cancelled);
                if (!item.Cancelled)
                {
                    await Task.Delay(Timeout.Infinite, lost);
                }

                return WorkStep.Done;
            }
        );
        await EnqueueAsync(server, "item");
        await Poll.UntilAsync(() => !seen.IsEmpty, "the step");
        await Database.WriteAsync(session =>
        {
            server.Queue.Cancel(session, "test", "item");
            return true;
        });
        await EndAsync(server);
        seen.ShouldBe([false, true]);
    }

    [Fact]
    public async Task an_item_that_is_removed_has_its_step_told_and_comes_not_back()
    {
        var told = new TaskCompletionSource();
        await using var server = new WorkServer(
            Database,
            Time,
            async (_, _, lost) =>
            {
                await using var registration = lost.Register(() => told.TrySetResult());
                await Task.Delay(Timeout.Infinite, lost);
                return WorkStep.Done;
            }
        );
        await EnqueueAsync(server, "item");
        await RowAsync("item", static row => row.Fence == 1);
        (await Database.WriteAsync(session => server.Queue.Remove(session, "test", "item"))).ShouldBeTrue();
        await told.Task.WaitAsync(TimeSpan.FromSeconds(60));
        (await HasAsync("item")).ShouldBeFalse();
    }

    [Fact]
    public async Task a_wake_that_comes_while_a_step_runs_is_followed_by_another_step()
    {
        var (begun, open, steps) = (new TaskCompletionSource(), new TaskCompletionSource(), 0);
        await using var server = new WorkServer(
            Database,
            Time,
            async (_, _, _) =>
            {
                if (Interlocked.Increment(ref steps) == 1)
                {
                    begun.SetResult();
                    await open.Task;
                }

                return WorkStep.Sleep;
            }
        );
        await EnqueueAsync(server, "item");
        await begun.Task;
        await WakeAsync(server, "item");
        open.SetResult();
        await RowAsync("item", static row => row.Fence == 2 && row.IsAsleep);
        await WakeAsync(server, "item");
        await RowAsync("item", static row => row.Fence == 3 && row.IsAsleep);
        Volatile.Read(ref steps).ShouldBe(3);
    }

    [Fact]
    public async Task what_waits_costs_no_write()
    {
        var watched = new WatchedDatabase(Database);
        await using var server = new WorkServer(
            watched,
            Time,
            static (_, item, _) => Task.FromResult(item.Key == "sleeps" ? WorkStep.Sleep : WorkStep.Again(TimeSpan.FromHours(1)))
        );
        await EnqueueAsync(server, "sleeps");
        await EnqueueAsync(server, "waits");
        await RowAsync("sleeps", static row => row.IsAsleep);
        await RowAsync("waits", row => row.Due == Time.GetUtcNow() + TimeSpan.FromHours(1));
        var before = watched.Writes;
        for (var i = 0; i < 20; i++)
        {
            Time.Advance(TimeSpan.FromMinutes(2));
            server.Signal.Pulse();
            await Task.Yield();
        }

        await EnqueueAsync(server, "last");
        await RowAsync("last", static row => row.Fence == 1 && !row.IsOwned);
        watched.Writes.ShouldBe(before + 2);
    }
}

public sealed class WorkOnSqlite(SqliteFixture fixture) : WorkConformance(fixture), IClassFixture<SqliteFixture>;

public sealed class WorkOnPostgreSql(PostgresFixture fixture) : WorkConformance(fixture), IClassFixture<PostgresFixture>;
