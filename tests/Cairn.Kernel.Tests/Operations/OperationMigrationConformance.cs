using Cairn.Kernel.Database;
using Cairn.Kernel.Operations;
using Cairn.Kernel.Store;
using Cairn.Kernel.Tests.Database;
using Cairn.Kernel.Work;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Cairn.Kernel.Tests.Operations;

/// <summary>Operations that a server of an older version left, whose queue was a table of their own.</summary>
public abstract class OperationMigrationConformance(DatabaseFixture fixture)
{
    [Fact]
    public async Task what_an_older_server_began_is_work_of_the_newer()
    {
        Assert.SkipWhen(fixture.Missing is not null, fixture.Missing ?? "");
        await using var database = await fixture.OpenAsync();
        var older = new MigrationSet("operations", [OperationStore.Migrations.Steps[0]]);
        await Migrations.ApplyAsync(database, [ResourceSchema.Migrations, Leases.Leases.Migrations, older]);
        var request = Any.Pack(new Endpoint { DisplayName = "sent" }).ToByteArray();
        await database.WriteAsync(session =>
        {
            foreach (var (name, cancelled) in new[] { ("running", 0L), ("cancelled", 1L) })
            {
                session.Execute(
                    "INSERT INTO operation_work (name, handler, request, created, cancelled) VALUES ($1, $2, $3, $4, $5)",
                    name,
                    "test",
                    request,
                    1_000_000L,
                    cancelled
                );
            }

            return true;
        });

        await Migrations.ApplyAsync(
            database,
            [ResourceSchema.Migrations, Leases.Leases.Migrations, WorkQueue.Migrations, OperationStore.Migrations]
        );

        var kept = await database.ReadAsync(static session =>
            session.Query(
                "SELECT work.key, work.cancelled, work.due, handler, request FROM work JOIN operation_work ON name = work.key WHERE kind = 'operation' ORDER BY work.key",
                static row => (row.GetString(0), row.GetInt64(1), row.GetInt64(2), row.GetString(3), row.GetFieldValue<byte[]>(4).Length)
            )
        );
        kept.ShouldBe([("cancelled", 1, 1_000_000, "test", request.Length), ("running", 0, 1_000_000, "test", request.Length)]);
    }
}

public sealed class OperationMigrationOnSqlite(SqliteFixture fixture)
    : OperationMigrationConformance(fixture),
        IClassFixture<SqliteFixture>;

public sealed class OperationMigrationOnPostgreSql(PostgresFixture fixture)
    : OperationMigrationConformance(fixture),
        IClassFixture<PostgresFixture>;
