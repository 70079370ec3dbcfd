using Cairn.Jobs.Logs;
using Cairn.Jobs.Logs.Blocks;
using Cairn.Kernel.Database;
using Cairn.Kernel.Database.Sqlite;
using Cairn.Testing;

namespace Cairn.Jobs.Tests.Logs.Blocks;

public sealed class SqliteLogBlockTests : LogBlockConformance, IAsyncLifetime
{
    private readonly ScratchDirectory _scratch = new();
    private SqliteDatabase? _database;

    private protected override IDatabase Database => _database!;

    public async ValueTask InitializeAsync()
    {
        _database = new SqliteDatabase(_scratch["log.db"]);
        await Migrations.ApplyAsync(_database, [LogTable.Migrations, LogBlockTable.Migrations, UnpackedLogs.Migrations]);
    }

    public async ValueTask DisposeAsync()
    {
        await _database!.DisposeAsync();
        _scratch.Dispose();
    }
}
