using Cairn.Kernel.Database;
using Cairn.Kernel.Database.Postgres;
using Cairn.Kernel.Database.Sqlite;
using Cairn.Testing;

namespace Cairn.Server.Tests.Work;

/// <summary>What servers share: a database, a folder and a clock, which outlive them.</summary>
internal sealed class WorkPlace : IAsyncDisposable
{
    private readonly ScratchDirectory _scratch = new();

    private WorkPlace(Func<string, IDatabase> open)
    {
        Directory.CreateDirectory(Data);
        File.WriteAllText(Path.Combine(Data, "images.yaml"), TrainingSteps.Images);
        Database = open(Data);
    }

    public string Data => _scratch["data"];

    public IDatabase Database { get; }

    public SetClock Time { get; } = new();

    /// <param name="postgres">A server of PostgreSQL, or null for SQLite in the folder.</param>
    /// <param name="scenario">What puts there what its work needs.</param>
    public static async Task<WorkPlace> OpenAsync(WorkScenario scenario, PostgresServer? postgres = null)
    {
        var address = postgres is null ? null : await postgres.CreateDatabaseAsync();
        var place = new WorkPlace(data =>
            address is null ? new SqliteDatabase(Path.Combine(data, "cairn.db")) : new PostgresDatabase(address)
        );
        await using var host = place.Host();
        await host.MigrateAsync();
        await scenario.PrepareAsync(host);
        return place;
    }

    /// <summary>A server whose loop does not run yet.</summary>
    /// <param name="database">What it takes for the database, or null for the database itself.</param>
    public WorkHost Host(IDatabase? database = null) => new(Data, database ?? Database, Time);

    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        _scratch.Dispose();
    }
}
