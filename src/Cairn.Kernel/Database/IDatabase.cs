namespace Cairn.Kernel.Database;

/// <summary>
/// The relational store under every capability: SQLite (one writer, group commit) or PostgreSQL. A capability owns its tables, which its
/// <see cref="MigrationSet"/> creates; <see cref="Store.IResourceStore"/> is built on the same sessions, so one transaction can span both.
/// </summary>
public interface IDatabase : IAsyncDisposable
{
    SqlDialect Dialect { get; }

    /// <summary>
    /// Runs <paramref name="work"/> in a serializable transaction. The task completes after the commit is durable (fsync included). Work
    /// that throws is rolled back alone, and its exception is the caller's. Work may be run more than once before one run is committed, so
    /// it must have no effect besides its SQL; it must be short, and must not block on anything but the session. Once queued, cancellation
    /// no longer applies.
    /// </summary>
    Task<T> WriteAsync<T>(Func<ISqlSession, T> work, CancellationToken cancellation = default);

    /// <summary>Runs <paramref name="work"/> on a consistent snapshot of what was committed. Never waits for writers.</summary>
    Task<T> ReadAsync<T>(Func<ISqlSession, T> work, CancellationToken cancellation = default);
}
