using Cairn.Kernel.Database;
using Cairn.Kernel.Database.Sqlite;
using Cairn.Kernel.Errors;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Cairn.Server.Health;

/// <summary>
/// Looks through the database at a start after a crash or a loss of power: a page that the disk lost is better found now than by the
/// requests that read it. A small database is looked through before the server answers, a large one (about a second for each gigabyte and
/// more) while it does. After a clean stop nothing is looked through.
/// </summary>
/// <param name="database">The file.</param>
/// <param name="isDue">Whether the last server ended otherwise than by stopping.</param>
internal sealed partial class CrashCheck(string database, bool isDue, IDatabase store, ILogger<CrashCheck> logger) : IHostedService
{
    /// <summary>The size in bytes up to which the start waits for the look.</summary>
    private const long AtOnce = 256 << 20;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (!isDue || store is not SqliteDatabase sqlite || !File.Exists(database))
        {
            return Task.CompletedTask;
        }

        if (new FileInfo(database).Length > AtOnce)
        {
            Log.Looking(logger, database);
            _ = Task.Run(() => Look(sqlite), CancellationToken.None);
            return Task.CompletedTask;
        }

        return Look(sqlite) is { } damage
            ? throw StatusException.FailedPrecondition(
                $"The database '{database}' is damaged: {damage} Restore a backup of the data folder; 'cairn doctor' says more."
            )
            : Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private string? Look(SqliteDatabase sqlite)
    {
        var damage = SqliteDatabase.QuickCheck(database);
        if (damage is not null)
        {
            sqlite.NoteDamage(damage);
            Log.Damaged(logger, database, damage);
        }

        return damage;
    }

    private static partial class Log
    {
        [LoggerMessage(
            1,
            LogLevel.Warning,
            "The last server on this folder did not stop cleanly; {Database} is large, and is looked through while this one answers."
        )]
        public static partial void Looking(ILogger logger, string database);

        [LoggerMessage(2, LogLevel.Critical, "The database {Database} is damaged: {Damage} Restore a backup of the data folder.")]
        public static partial void Damaged(ILogger logger, string database, string damage);
    }
}
