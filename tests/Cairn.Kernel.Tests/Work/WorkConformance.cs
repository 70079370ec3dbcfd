using System.Collections.Concurrent;
using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Tests.Database;
using Cairn.Kernel.Work;
using Cairn.Testing;
using Cairn.Testing.Faults;

namespace Cairn.Kernel.Tests.Work;

/// <summary>What durable work promises on every engine, whatever becomes of the servers.</summary>
public abstract class WorkConformance(DatabaseFixture fixture) : IAsyncLifetime
{
    private readonly Clock _clock = new();
    private IDatabase _database = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await fixture.CreateAsync();
        await _database.WriteAsync(static session => session.Execute("CREATE TABLE IF NOT EXISTS effects (key VARCHAR(64) NOT NULL)"));
    }

    public async ValueTask DisposeAsync()
    {
        if (_database is not null)
        {
            await _database.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task each_item_is_done_once_by_two_servers_that_share_the_store()
    {
        await using var first = new WorkServer(_database, _clock, (queue, item, _) => EffectAsync(_database, queue, item));
        await using var second = new WorkServer(_database, _clock, (queue, item, _) => EffectAsync(_database, queue, item));
        await Task.WhenAll(Enumerable.Range(0, 60).Select(i => EnqueueAsync(i % 2 == 0 ? first : second, $"item-{i}")));
        await EndAsync(first);
        (await EffectsAsync()).Order().ShouldBe(Enumerable.Range(0, 60).Select(static i => $"item-{i}").Order());
    }

    [Fact]
    public async Task an_item_that_fails_waits_for_longer_each_time_and_holds_up_no_other()
    {
        var broken = true;
        await using var server = new WorkServer(
            _database,
            _clock,
            (queue, item, _) =>
                item.Key == "poison" && broken ? throw new InvalidOperationException("no \0 luck") : EffectAsync(_database, queue, item),
            new WorkKind("test", 1)
        );
        await EnqueueAsync(server, "poison");
        await EnqueueAsync(server, "healthy");
        await Poll.UntilAsync(async () => (await EffectsAsync()).Contains("healthy"), "the healthy item");
        for (var failures = 1; failures <= 4; failures++)
        {
            var (attempt, due, said) = await RowAsync("poison", row => row.Attempt == failures);
            said.ShouldBe("no   luck");
            (due - _clock.GetUtcNow()).TotalSeconds.ShouldBe(Math.Pow(2, failures - 1), 0.001);
            _clock.Now = due;
            server.Signal.Pulse();
        }

        await RowAsync("poison", static row => row.Attempt == 5);
        broken = false;
        _clock.Now += TimeSpan.FromMinutes(1);
        server.Signal.Pulse();
        await EndAsync(server);
        (await EffectsAsync()).ShouldBe(["healthy", "poison"], ignoreOrder: true);
    }

    [Fact]
    public async Task a_store_that_fails_at_any_write_loses_nothing_and_doubles_nothing()
    {
        for (var steps = 0; ; steps++)
        {
            var faulty = new FaultyDatabase(_database);
            var key = $"item-{steps}";
            await using (var server = new WorkServer(faulty, _clock, (queue, item, _) => EffectAsync(faulty, queue, item)))
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
                        _clock.Now += TimeSpan.FromSeconds(31);
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
        var stalled = new WatchedDatabase(_database);
        var begun = new TaskCompletionSource();
        var refused = new TaskCompletionSource<Exception>();
        await using var first = new WorkServer(
            stalled,
            _clock,
            async (queue, item, lost) =>
            {
                begun.TrySetResult();
                await Task.Delay(Timeout.Infinite, lost).ContinueWith(static _ => { }, TaskScheduler.Default);
                try
                {
                    return await EffectAsync(_database, queue, item);
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
        _clock.Now += TimeSpan.FromMinutes(1);
        await using var second = new WorkServer(_database, _clock, (queue, item, _) => EffectAsync(_database, queue, item));
        await Poll.UntilAsync(async () => (await EffectsAsync()).Count == 1, "the second server to take over");
        stalled.GoOn();
        first.Signal.Pulse();
        (await refused.Task.WaitAsync(TimeSpan.FromSeconds(60))).ShouldBeOfType<StatusException>().Code.ShouldBe(Code.Aborted);
        (await EffectsAsync()).ShouldBe(["item"]);
    }

    [Fact]
    public async Task a_clock_that_goes_back_or_far_ahead_ends_no_step_that_runs()
    {
        var open = new TaskCompletionSource();
        var steps = 0;
        await using var server = new WorkServer(
            _database,
            _clock,
            async (queue, item, lost) =>
            {
                Interlocked.Increment(ref steps);
                await open.Task.WaitAsync(lost);
                return await EffectAsync(_database, queue, item);
            }
        );
        await EnqueueAsync(server, "item");
        await Poll.UntilAsync(() => steps == 1, "the step");
        foreach (var jump in (int[])[-3_600, 20, 20, 20, -7_200, 20, 20])
        {
            _clock.Now += TimeSpan.FromSeconds(jump);
            var now = _clock.Now;
            server.Signal.Pulse();
            await RowAsync("item", row => row.Due == now + TimeSpan.FromSeconds(30));
        }

        open.SetResult();
        await EndAsync(server);
        steps.ShouldBe(1);
    }

    [Fact]
    public async Task a_cancelled_item_has_its_step_told_and_is_ended_by_its_worker()
    {
        var seen = new ConcurrentQueue<bool>();
        await using var server = new WorkServer(
            _database,
            _clock,
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
        await _database.WriteAsync(session =>
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
            _database,
            _clock,
            async (_, _, lost) =>
            {
                await using var registration = lost.Register(() => told.TrySetResult());
                await Task.Delay(Timeout.Infinite, lost);
                return WorkStep.Done;
            }
        );
        await EnqueueAsync(server, "item");
        await RowAsync("item", static row => row.Fence == 1);
        (await _database.WriteAsync(session => server.Queue.Remove(session, "test", "item"))).ShouldBeTrue();
        await told.Task.WaitAsync(TimeSpan.FromSeconds(60));
        (await HasAsync("item")).ShouldBeFalse();
    }

    [Fact]
    public async Task a_wake_that_comes_while_a_step_runs_is_followed_by_another_step()
    {
        var (begun, open, steps) = (new TaskCompletionSource(), new TaskCompletionSource(), 0);
        await using var server = new WorkServer(
            _database,
            _clock,
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
        var watched = new WatchedDatabase(_database);
        await using var server = new WorkServer(
            watched,
            _clock,
            static (_, item, _) => Task.FromResult(item.Key == "sleeps" ? WorkStep.Sleep : WorkStep.Again(TimeSpan.FromHours(1)))
        );
        await EnqueueAsync(server, "sleeps");
        await EnqueueAsync(server, "waits");
        await RowAsync("sleeps", static row => row.IsAsleep);
        await RowAsync("waits", row => row.Due == _clock.Now + TimeSpan.FromHours(1));
        var before = watched.Writes;
        for (var i = 0; i < 20; i++)
        {
            _clock.Now += TimeSpan.FromMinutes(2);
            server.Signal.Pulse();
            await Task.Yield();
        }

        await EnqueueAsync(server, "last");
        await RowAsync("last", static row => row.Fence == 1 && !row.IsOwned);
        watched.Writes.ShouldBe(before + 2);
    }

    [Fact]
    public async Task a_server_that_stops_gives_its_items_back_at_once()
    {
        var begun = new TaskCompletionSource();
        await using (
            var first = new WorkServer(
                _database,
                _clock,
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

        (await RowAsync("item", static row => !row.IsOwned)).Due.ShouldBe(_clock.Now);
        await using var second = new WorkServer(_database, _clock, (queue, item, _) => EffectAsync(_database, queue, item));
        await EndAsync(second);
        (await EffectsAsync()).ShouldBe(["item"]);
    }

    /// <summary>What a worker does in these tests: its effect and the end of its item in one transaction.</summary>
    private static async Task<WorkStep> EffectAsync(IDatabase database, IWork queue, WorkItem item)
    {
        await database.WriteAsync(session =>
        {
            queue.Require(session, item);
            queue.Remove(session, item.Kind, item.Key);
            return session.Execute("INSERT INTO effects (key) VALUES ($1)", item.Key);
        });
        return WorkStep.Done;
    }

    private Task EnqueueAsync(WorkServer server, string key) =>
        _database.WriteAsync(session =>
        {
            server.Queue.Enqueue(session, "test", key);
            return true;
        });

    private Task WakeAsync(WorkServer server, string key) =>
        _database.WriteAsync(session =>
        {
            server.Queue.Wake(session, "test", key);
            return true;
        });

    private Task<bool> HasAsync(string key) =>
        _database.ReadAsync(session => session.QueryFirst("SELECT 1 FROM work WHERE kind = 'test' AND key = $1", static _ => true, key));

    private Task<List<string>> EffectsAsync() =>
        _database.ReadAsync(static session => session.Query("SELECT key FROM effects", static row => row.GetString(0)));

    private Task EndAsync(WorkServer server) =>
        Poll.UntilAsync(
            async () =>
                await _database.ReadAsync(static session => session.QueryFirst("SELECT COUNT(*) FROM work", static row => row.GetInt64(0)))
                == 0,
            "all work to end"
        );

    private async Task<Row> RowAsync(string key, Func<Row, bool> condition)
    {
        Row? found = null;
        await Poll.UntilAsync(
            async () =>
                (
                    found = await _database.ReadAsync(session =>
                        session.QueryFirst(
                            "SELECT attempt, due, said, fence, owner FROM work WHERE kind = 'test' AND key = $1",
                            static row => new Row(
                                (int)row.GetInt64(0),
                                row.IsDBNull(1)
                                    ? DateTimeOffset.MaxValue
                                    : DateTimeOffset.UnixEpoch + TimeSpan.FromMicroseconds(row.GetInt64(1)),
                                row.IsDBNull(2) ? null : row.GetString(2),
                                row.GetInt64(3),
                                !row.IsDBNull(4)
                            ),
                            key
                        )
                    )
                )
                    is not null
                && condition(found),
            $"the row of {key}"
        );
        return found!;
    }

    private sealed record Row(int Attempt, DateTimeOffset Due, string? Said, long Fence, bool IsOwned)
    {
        public bool IsAsleep => Due == DateTimeOffset.MaxValue;

        public void Deconstruct(out int attempt, out DateTimeOffset due, out string? said) => (attempt, due, said) = (Attempt, Due, Said);
    }

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}

public sealed class WorkOnSqlite(SqliteFixture fixture) : WorkConformance(fixture), IClassFixture<SqliteFixture>;

public sealed class WorkOnPostgreSql(PostgresFixture fixture) : WorkConformance(fixture), IClassFixture<PostgresFixture>;
