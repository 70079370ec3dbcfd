using Cairn.Jobs.Logs;
using Cairn.Jobs.Logs.Blocks;
using Cairn.Kernel.Database;
using Cairn.Kernel.Database.Postgres;
using Cairn.Testing;

namespace Cairn.Jobs.Tests.Logs.Blocks;

public sealed class PostgresLogBlockTests : LogBlockConformance, IAsyncLifetime
{
    private PostgresServer? _server;
    private PostgresDatabase? _database;

    private protected override IDatabase Database => _database!;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipWhen(PostgresServer.Find() is null, "PostgreSQL is not installed.");
        _server = await PostgresServer.StartAsync();
        _database = new PostgresDatabase(await _server.CreateDatabaseAsync());
        await Migrations.ApplyAsync(_database, [LogTable.Migrations, LogBlockTable.Migrations, UnpackedLogs.Migrations]);
    }

    public async ValueTask DisposeAsync()
    {
        if (_database is not null)
        {
            await _database.DisposeAsync();
        }

        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }
}
