using Cairn.Kernel.Database;
using Cairn.Kernel.Store;

namespace Cairn.Kernel.Leases;

/// <summary>Leases as rows: taken by whoever's transaction comes first, free again when they expire.</summary>
public sealed class Leases(IDatabase database, TimeProvider time) : ILeases
{
    public static MigrationSet Migrations { get; } =
        new("leases", ["CREATE TABLE leases (name {text} NOT NULL PRIMARY KEY, owner {text} NOT NULL, expires BIGINT NOT NULL)"]);

    public Task<bool> TryAcquireAsync(string name, string owner, TimeSpan duration, CancellationToken cancellation = default)
    {
        var now = time.GetUtcNow();
        return database.WriteAsync(
            session =>
                session.Execute(
                    """
                    INSERT INTO leases (name, owner, expires) VALUES ($1, $2, $3)
                    ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, expires = excluded.expires
                    WHERE leases.owner = excluded.owner OR leases.expires <= $4
                    """,
                    name,
                    owner,
                    Timestamps.ToMicros(now + duration),
                    Timestamps.ToMicros(now)
                ) > 0,
            cancellation
        );
    }

    public Task ReleaseAsync(string name, string owner, CancellationToken cancellation = default) =>
        database.WriteAsync(session => session.Execute("DELETE FROM leases WHERE name = $1 AND owner = $2", name, owner), cancellation);
}
