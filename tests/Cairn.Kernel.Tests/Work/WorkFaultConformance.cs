using System.Collections.Concurrent;
using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Tests.Database;
using Cairn.Kernel.Work;
using Cairn.Testing;
using Cairn.Testing.Faults;

namespace Cairn.Kernel.Tests.Work;

/// <summary>Durable work where stores fail, servers stall and stop, and clocks jump.</summary>
public abstract class WorkFaultConformance(DatabaseFixture fixture) : WorkTests(fixture)
{
    [Fact]
    public async Task a_store_that_fails_at_any_write_loses_nothing_and_doubles_nothing()
    {
        for (var steps = 0; ; steps++)
        {
            var faulty = new FaultyDatabase(Database);
            var key = $"item-{steps}";
            await using (var server = new WorkServer(faulty, Time, (queue, item, _) => EffectAsync(faulty, queue, item)))
            {
                faulty.FailAfter(steps);
                await Should.NotThrowAsync(async () =>
                {
                    // The caller does not hear of a write that failed after its commit, and asks again.
                    for (var told = false; !told; )
                    {
                        try
                        {
                            await faulty.WriteAsync(session =>
                            {
                                if (session.QueryFirst("SELECT 1 FROM effects WHERE key = $1", static _ => true, key) == false)
                                {
                                    server.Queue.Enqueue(session, "test", key);
                                }

                                return true;
                            });
                            told = true;
                        }
                        catch (IOException)
                        {
                            // Asked again.
                        }
                    }
                });
                await Poll.UntilAsync(
                    async () =>
                    {
                        Time.Advance(TimeSpan.FromSeconds(31));
                        server.Signal.Pulse();
                        return !await HasAsync(key);
                    },
                    $"the item whose store failed at step {steps} ({faulty.Failure})"
                );
                (await EffectsAsync()).Count(done => done == key).ShouldBe(1, $"The store failed at step {steps}: {faulty.Failure}.");
                if (!faulty.HasFailed)
                {
                    steps.ShouldBeGreaterThan(5);
                    return;
                }
            }
        }
    }

    [Fact]
    public async Task a_server_that_stalls_loses_its_items_and_what_it_still_writes_is_refused()
    {
        var stalled = new WatchedDatabase(Database);
        var begun = new TaskCompletionSource();
        var refused = new TaskCompletionSource<Exception>();
        await using var first = new WorkServer(
            stalled,
            Time,
            async (queue, item, lost) =>
            {
                begun.TrySetResult();
                await Task.Delay(Timeout.Infinite, lost).ContinueWith(static _ => { }, TaskScheduler.Default);
                try
                {
                    return await EffectAsync(Database, queue, item);
                }
                catch (StatusException error)
                {
                    refused.TrySetResult(error);
                    throw;
                }
            }
        );
        await EnqueueAsync(first, "item");
        await begun.Task;
        stalled.HoldUp();
        Time.Advance(TimeSpan.FromMinutes(1));
        await using var second = new WorkServer(Database, Time, (queue, item, _) => EffectAsync(Database, queue, item));
        await Poll.UntilAsync(async () => (await EffectsAsync()).Count == 1, "the second server to take over");
        stalled.GoOn();
        first.Signal.Pulse();
        (await refused.Task.WaitAsync(TimeSpan.FromSeconds(60))).ShouldBeOfType<StatusException>().Code.ShouldBe(Code.Aborted);
        (await EffectsAsync()).ShouldBe(["item"]);
    }

    [Fact]
    public async Task aTime_that_goes_back_or_far_ahead_ends_no_step_that_runs()
    {
        var open = new TaskCompletionSource();
        var steps = 0;
        await using var server = new WorkServer(
            Database,
            Time,
            async (queue, item, lost) =>
            {
                Interlocked.Increment(ref steps);
                await open.Task.WaitAsync(lost);
                return await EffectAsync(Database, queue, item);
            }
        );
        await EnqueueAsync(server, "item");
        await Poll.UntilAsync(() => steps == 1, "the step");
        foreach (var jump in (int[])[-3_600, 20, 20, 20, -7_200, 20, 20])
        {
            Time.AdjustTime(Time.GetUtcNow() + TimeSpan.FromSeconds(jump));
            var now = Time.GetUtcNow();
            server.Signal.Pulse();
            await RowAsync("item", row => row.Due == now + TimeSpan.FromSeconds(30));
        }

        open.SetResult();
        await EndAsync(server);
        steps.ShouldBe(1);
    }

    [Fact]
    public async Task a_server_that_stops_gives_its_items_back_at_once()
    {
        var begun = new TaskCompletionSource();
        await using (
            var first = new WorkServer(
                Database,
                Time,
                async (_, _, lost) =>
                {
                    begun.SetResult();
                    await Task.Delay(Timeout.Infinite, lost);
                    return WorkStep.Done;
                }
            )
        )
        {
            await EnqueueAsync(first, "item");
            await begun.Task;
        }

        (await RowAsync("item", static row => !row.IsOwned)).Due.ShouldBe(Time.GetUtcNow());
        await using var second = new WorkServer(Database, Time, (queue, item, _) => EffectAsync(Database, queue, item));
        await EndAsync(second);
        (await EffectsAsync()).ShouldBe(["item"]);
    }
}

public sealed class WorkFaultsOnSqlite(SqliteFixture fixture) : WorkFaultConformance(fixture), IClassFixture<SqliteFixture>;

public sealed class WorkFaultsOnPostgreSql(PostgresFixture fixture) : WorkFaultConformance(fixture), IClassFixture<PostgresFixture>;
