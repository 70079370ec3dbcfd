using Cairn.Jobs.Logs;
using Cairn.Jobs.Logs.Blocks;
using Cairn.Kernel.Database;
using Cairn.Kernel.Database.Postgres;
using Cairn.Testing;

namespace Cairn.Jobs.Tests.Logs.Blocks;

public sealed class PostgresLogBlockTests : LogBlockConformance, IAsyncLifetime
{
    private PostgresServer? server;
    private PostgresDatabase? database;

    private protected override IDatabase Database => database!;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipWhen(PostgresServer.Find() is null, "PostgreSQL is not installed.");
        server = await PostgresServer.StartAsync();
        database = new PostgresDatabase(await server.CreateDatabaseAsync());
        await Migrations.ApplyAsync(database, [LogTable.Migrations, LogBlockTable.Migrations, UnpackedLogs.Migrations]);
    }

    public async ValueTask DisposeAsync()
    {
        if (database is not null)
        {
            await database.DisposeAsync();
        }

        if (server is not null)
        {
            await server.DisposeAsync();
        }
    }
}
