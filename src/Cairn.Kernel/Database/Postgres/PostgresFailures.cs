using Cairn.Kernel.Errors;
using Npgsql;

namespace Cairn.Kernel.Database.Postgres;

/// <summary>What the engine's failures are to callers (the codes are those of Appendix A of PostgreSQL's manual).</summary>
internal static class PostgresFailures
{
    /// <summary>
    /// Whether the engine is not there: it refuses connections, is going down or coming up, has been made a standby, or the connection
    /// broke.
    /// </summary>
    public static bool IsAway(Exception error) =>
        error switch
        {
            PostgresException known => known.SqlState.StartsWith("08", StringComparison.Ordinal)
                || known.SqlState.StartsWith("57P0", StringComparison.Ordinal)
                || known.SqlState is PostgresErrorCodes.TooManyConnections or PostgresErrorCodes.ReadOnlySqlTransaction,
            NpgsqlException => true,
            _ => false,
        };

    /// <summary>The failure as callers are told of it; null for one that is nobody's to know.</summary>
    public static Exception? ForCallers(Exception error) =>
        error switch
        {
            PostgresException { SqlState: PostgresErrorCodes.DiskFull } => new StoreException(StorageErrors.Full(), error),
            PostgresException { SqlState: PostgresErrorCodes.DataCorrupted or PostgresErrorCodes.IndexCorrupted } => new StoreException(
                StorageErrors.Damaged(),
                error
            ),
            PostgresException { SqlState: "22021" or "22P05" } => StatusException.InvalidArgument(
                "The text contains a NUL character, which cannot be stored."
            ),
            _ => IsAway(error) ? Away(error) : null,
        };

    public static StoreException Away(Exception? error = null) => new(StorageErrors.Away("PostgreSQL"), error);
}
