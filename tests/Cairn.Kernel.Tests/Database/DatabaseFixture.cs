using Cairn.Kernel.Database;
using Cairn.Kernel.Database.Postgres;
using Cairn.Kernel.Database.Sqlite;
using Cairn.Kernel.Leases;
using Cairn.Kernel.Operations;
using Cairn.Kernel.Store;
using Cairn.Kernel.Work;
using Cairn.Testing;

namespace Cairn.Kernel.Tests.Database;

/// <summary>Makes migrated, empty databases of one engine. The conformance suites run on each.</summary>
public abstract class DatabaseFixture : IAsyncLifetime
{
    /// <summary>Why the engine cannot be had here, or null.</summary>
    public virtual string? Missing => null;

    public abstract Task<IDatabase> OpenAsync(StoreTelemetry? telemetry = null);

    public async Task<IDatabase> CreateAsync(StoreTelemetry? telemetry = null)
    {
        Assert.SkipWhen(Missing is not null, Missing ?? "");
        var database = await OpenAsync(telemetry);
        await Migrations.ApplyAsync(
            database,
            [ResourceSchema.Migrations, Leases.Leases.Migrations, WorkQueue.Migrations, OperationStore.Migrations]
        );
        return database;
    }

    public abstract ValueTask InitializeAsync();

    public abstract ValueTask DisposeAsync();
}

public sealed class SqliteFixture : DatabaseFixture
{
    private readonly ScratchDirectory _scratch = new();
    private int _count;

    public override Task<IDatabase> OpenAsync(StoreTelemetry? telemetry = null) =>
        Task.FromResult<IDatabase>(new SqliteDatabase(_scratch[$"{Interlocked.Increment(ref _count)}.db"], telemetry: telemetry));

    public override ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public override ValueTask DisposeAsync()
    {
        _scratch.Dispose();
        return ValueTask.CompletedTask;
    }
}

public sealed class PostgresFixture : DatabaseFixture
{
    private PostgresServer? _server;

    public override string? Missing => PostgresServer.Find() is null ? "PostgreSQL is not installed." : null;

    public override async Task<IDatabase> OpenAsync(StoreTelemetry? telemetry = null) =>
        new PostgresDatabase(await _server!.CreateDatabaseAsync(), telemetry: telemetry);

    public override async ValueTask InitializeAsync()
    {
        if (Missing is null)
        {
            _server = await PostgresServer.StartAsync();
        }
    }

    public override async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }
}
