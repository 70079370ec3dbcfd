using Cairn.Kernel.Database;
using Cairn.Kernel.Tests.Database;
using Microsoft.Extensions.Time.Testing;

namespace Cairn.Kernel.Tests.Operations;

/// <summary>What a lease promises on every engine.</summary>
public abstract class LeaseConformance(DatabaseFixture fixture) : IAsyncLifetime
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly FakeTimeProvider _clock = new();
    private IDatabase _database = null!;
    private Leases.Leases _leases = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await fixture.CreateAsync();
        _leases = new Leases.Leases(_database, _clock);
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
    public async Task a_lease_is_one_owners_until_it_expires_or_is_given_up()
    {
        (await _leases.TryAcquireAsync("x", "a", Minute)).ShouldBeTrue();
        (await _leases.TryAcquireAsync("x", "b", Minute)).ShouldBeFalse();
        (await _leases.TryAcquireAsync("y", "b", Minute)).ShouldBeTrue();
        _clock.Advance(TimeSpan.FromSeconds(50));
        (await _leases.TryAcquireAsync("x", "a", Minute)).ShouldBeTrue();
        _clock.Advance(TimeSpan.FromSeconds(50));
        (await _leases.TryAcquireAsync("x", "b", Minute)).ShouldBeFalse();
        _clock.Advance(TimeSpan.FromSeconds(11));
        (await _leases.TryAcquireAsync("x", "b", Minute)).ShouldBeTrue();
        await _leases.ReleaseAsync("x", "a");
        (await _leases.TryAcquireAsync("x", "a", Minute)).ShouldBeFalse();
        await _leases.ReleaseAsync("x", "b");
        (await _leases.TryAcquireAsync("x", "a", Minute)).ShouldBeTrue();
    }

    [Fact]
    public async Task of_many_that_ask_at_once_one_gets_it()
    {
        var taken = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => _leases.TryAcquireAsync("x", $"{i}", Minute)));
        taken.Count(static got => got).ShouldBe(1);
    }
}

public sealed class LeasesOnSqlite(SqliteFixture fixture) : LeaseConformance(fixture), IClassFixture<SqliteFixture>;

public sealed class LeasesOnPostgreSql(PostgresFixture fixture) : LeaseConformance(fixture), IClassFixture<PostgresFixture>;
