using Cairn.Jobs.Logs;
using Cairn.Jobs.Logs.Blocks;
using Cairn.Kernel.Database;
using Cairn.Kernel.Database.Sqlite;
using Cairn.Testing;

namespace Cairn.Jobs.Tests.Logs.Blocks;

public sealed class SqliteLogBlockTests : LogBlockConformance, IAsyncLifetime
{
    private readonly ScratchDirectory scratch = new();
    private SqliteDatabase? database;

    private protected override IDatabase Database => database!;

    public async ValueTask InitializeAsync()
    {
        database = new SqliteDatabase(scratch["log.db"]);
        await Migrations.ApplyAsync(database, [LogTable.Migrations, LogBlockTable.Migrations, UnpackedLogs.Migrations]);
    }

    public async ValueTask DisposeAsync()
    {
        await database!.DisposeAsync();
        scratch.Dispose();
    }
}
