using System.Diagnostics.Metrics;
using Cairn.Kernel.Database.Sqlite;
using Cairn.Kernel.Telemetry;

namespace Cairn.Kernel.Database;

/// <summary>How much the store takes: SQLite's files, or what PostgreSQL says of its database.</summary>
public sealed class StoreSize : ITelemetryProbe
{
    public const string Size = "cairn.store.size";
    public const string Waiting = "cairn.store.waiting";

    private readonly IDatabase _database;
    private IReadOnlyList<(string Part, long Bytes)> _parts = [];

    public StoreSize(IMeterFactory meters, IDatabase database)
    {
        _database = database;
        var meter = meters.Create(TelemetryNames.Meter);
        meter.CreateObservableGauge(
            Size,
            () =>
                _parts.Select(static part => new Measurement<long>(
                    part.Bytes,
                    new KeyValuePair<string, object?>("cairn.store.part", part.Part)
                )),
            "By",
            "What the database takes, and SQLite's write-ahead log beside it."
        );
        meter.CreateObservableGauge(
            Waiting,
            () => _database is SqliteDatabase sqlite ? [new Measurement<long>(sqlite.Waiting)] : (Measurement<long>[])[],
            "{call}",
            "Calls that wait for SQLite's writer."
        );
    }

    public async Task LookAsync(CancellationToken cancellation) =>
        _parts = _database switch
        {
            SqliteDatabase sqlite => [("database", Length(sqlite.Path)), ("log", Length(sqlite.Path + "-wal"))],
            _ =>
            [
                (
                    "database",
                    await _database.ReadAsync(
                        static session => session.QueryFirst("SELECT pg_database_size(current_database())", static row => row.GetInt64(0)),
                        cancellation
                    )
                ),
            ],
        };

    private static long Length(string path) => new FileInfo(path) is { Exists: true } file ? file.Length : 0;
}
