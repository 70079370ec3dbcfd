using Cairn.Kernel.Errors;
using Cairn.Testing;

namespace Cairn.Server.Tests.Work;

/// <summary>What every kind of durable work promises, whatever becomes of the servers. A kind plugs in by its scenario.</summary>
public abstract class WorkKindConformance(PostgresOnce postgres)
{
    /// <summary>Longer than any lease.</summary>
    private static readonly TimeSpan Expiry = TimeSpan.FromSeconds(31);

    private protected abstract WorkScenario Scenario { get; }

    [Fact]
    public async Task a_server_that_dies_before_or_after_any_commit_leaves_work_that_the_next_one_does_once()
    {
        await using var place = await WorkPlace.OpenAsync(Scenario);
        for (var point = 0; ; point++)
        {
            var (label, key) = ($"death-{point}", (string?)null);
            var mortal = new MortalDatabase(place.Database);
            await using (var dying = place.Host(mortal))
            {
                await dying.StartAsync();
                mortal.DieAt(point);
                try
                {
                    key = await Scenario.BeginAsync(dying, label);
                    await DriveAsync(place, dying, key, label, () => mortal.IsDead);
                }
                catch (Exception) when (mortal.IsDead)
                {
                    // What it was asked for may have been done, or not.
                }
            }

            if (!mortal.IsDead)
            {
                point.ShouldBeGreaterThan(4);
                return;
            }

            place.Time.Now += Expiry;
            await using var next = place.Host();
            await next.StartAsync();
            var found = await Scenario.FindAsync(next, label);
            found.Count.ShouldBeLessThanOrEqualTo(1, label);
            if (key is not null)
            {
                found.ShouldBe([key], label);
            }

            foreach (var begun in found)
            {
                (await DriveAsync(place, next, begun, label)).ShouldBe(Scenario.Success, label);
            }
        }
    }

    [Fact]
    public async Task a_server_that_stalls_at_any_commit_is_overtaken_and_what_it_still_writes_changes_nothing()
    {
        await using var place = await WorkPlace.OpenAsync(Scenario);
        for (var point = 0; ; point++)
        {
            var label = $"stall-{point}";
            var mortal = new MortalDatabase(place.Database);
            await using var late = place.Host(mortal);
            var key = await Scenario.BeginAsync(late, label);
            mortal.StallAt(point);
            await late.StartAsync();
            var outside = place.Host();
            await using var disposal = outside;
            var outcome = await DriveAsync(place, late, key, label, () => mortal.IsStalled, outside);
            if (outcome is not null)
            {
                // All that is left is to give the item back, which its end must not wait for.
                mortal.GoOn();
                outcome.ShouldBe(Scenario.Success, label);
                point.ShouldBeGreaterThan(2);
                return;
            }

            place.Time.Now += Expiry;
            await outside.StartAsync();
            (await DriveAsync(place, outside, key, label)).ShouldBe(Scenario.Success, label);
            mortal.GoOn();
            late.Pulse();
            await late.DisposeAsync();
            (await Scenario.OutcomeAsync(outside, key, label)).ShouldBe(Scenario.Success, label);
        }
    }

    [Fact]
    public async Task one_that_cannot_succeed_holds_up_no_other()
    {
        await using var place = await WorkPlace.OpenAsync(Scenario);
        await using var host = place.Host();
        var poison = await Scenario.BeginAsync(host, "poison");
        var healthy = new Dictionary<string, string>();
        foreach (var label in (string[])["one", "two", "three"])
        {
            healthy[label] = await Scenario.BeginAsync(host, label);
        }

        await place.Database.WriteAsync(session =>
        {
            Scenario.Poison(session, poison);
            return true;
        });
        await host.StartAsync();
        foreach (var (label, key) in healthy)
        {
            (await DriveAsync(place, host, key, label)).ShouldBe(Scenario.Success, label);
        }

        // Its failure is written down, and it waits for its next attempt.
        await Poll.UntilAsync(
            async () =>
                await place.Database.ReadAsync(session =>
                    session.QueryFirst(
                        "SELECT 1 FROM work WHERE kind = $1 AND key = $2 AND attempt > 0 AND said IS NOT NULL",
                        static _ => true,
                        Scenario.Kind,
                        poison
                    )
                ),
            "the failure to be written down"
        );
    }

    [Fact]
    public async Task work_that_is_cancelled_ends_as_cancelled_and_is_no_more()
    {
        await using var place = await WorkPlace.OpenAsync(Scenario);
        await using var host = place.Host();
        var key = await Scenario.BeginAsync(host, "cancelled");
        await Scenario.CancelAsync(host, key);
        await host.StartAsync();
        (await DriveAsync(place, host, key, "cancelled")).ShouldBe(Scenario.Cancelled);
        await Poll.UntilAsync(async () => !await HasWorkAsync(place, key), "the item to be gone");
    }

    [Fact]
    public async Task clocks_that_jump_neither_end_it_nor_hold_it_up()
    {
        await using var place = await WorkPlace.OpenAsync(Scenario);
        await using var host = place.Host();
        await host.StartAsync();
        foreach (var hours in (int[])[-2, 3, -48])
        {
            var label = $"jump{hours}";
            var key = await Scenario.BeginAsync(host, label);
            place.Time.Now += TimeSpan.FromHours(hours);
            (await DriveAsync(place, host, key, label)).ShouldBe(Scenario.Success, label);
        }
    }

    [Fact]
    public async Task two_servers_on_one_postgresql_do_each_once()
    {
        await using var place = await WorkPlace.OpenAsync(Scenario, postgres.Required);
        await using var first = place.Host();
        await using var second = place.Host();
        await first.StartAsync();
        await second.StartAsync();
        var labels = Enumerable.Range(0, 6).Select(static i => $"shared-{i}").ToList();
        var keys = await Task.WhenAll(labels.Select((label, i) => Scenario.BeginAsync(i % 2 == 0 ? first : second, label)));
        foreach (var (label, key) in labels.Zip(keys))
        {
            first.Pulse();
            (await DriveAsync(place, second, key, label)).ShouldBe(Scenario.Success, label);
        }
    }

    /// <summary>Lets the work go on until something has come of it; null where it was broken off before.</summary>
    /// <param name="brokenOff">Whether the server is no more.</param>
    /// <param name="outside">Who looks and does what others do: the server itself where it is null.</param>
    private async Task<string?> DriveAsync(
        WorkPlace place,
        WorkHost host,
        string key,
        string label,
        Func<bool>? brokenOff = null,
        WorkHost? outside = null
    )
    {
        string? outcome = null;
        try
        {
            await Poll.UntilAsync(
                async () =>
                {
                    if (brokenOff?.Invoke() == true)
                    {
                        return true;
                    }

                    // Steps that come back in a second do so.
                    place.Time.Now += TimeSpan.FromMilliseconds(100);
                    host.Pulse();
                    await Scenario.OutsideAsync(outside ?? host, key);
                    outcome = await Scenario.OutcomeAsync(outside ?? host, key, label);
                    return outcome is not null;
                },
                $"{label}: {key} to end"
            );
        }
        catch (TimeoutException error)
        {
            throw new TimeoutException($"{error.Message} At {place.Time.Now:O} there was the item {await ItemAsync(place, key)}.", error);
        }

        return outcome;
    }

    private Task<string?> ItemAsync(WorkPlace place, string key) =>
        place.Database.ReadAsync(session =>
            session.QueryFirst(
                "SELECT due, attempt, said, owner, fence FROM work WHERE kind = $1 AND key = $2",
                static row => string.Join(", ", Enumerable.Range(0, row.FieldCount).Select(i => $"{row.GetName(i)} {row.GetValue(i)}")),
                Scenario.Kind,
                key
            )
        );

    private Task<bool> HasWorkAsync(WorkPlace place, string key) =>
        place.Database.ReadAsync(session =>
            session.QueryFirst("SELECT 1 FROM work WHERE kind = $1 AND key = $2", static _ => true, Scenario.Kind, key)
        );
}
