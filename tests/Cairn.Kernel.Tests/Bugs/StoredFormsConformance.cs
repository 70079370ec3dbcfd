using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Store;
using Cairn.Kernel.Tests.Database;
using Google.Protobuf.WellKnownTypes;

namespace Cairn.Kernel.Tests.Bugs;

/// <summary>What one engine stored and the other did not, and what was stored and could not be read.</summary>
public abstract class StoredFormsConformance(DatabaseFixture fixture) : IAsyncLifetime
{
    private static readonly ResourceKind Artifacts = new("Artifact", "artifacts", Artifact.Descriptor);

    private IDatabase _database = null!;

    public async ValueTask InitializeAsync() => _database = await fixture.CreateAsync();

    public async ValueTask DisposeAsync()
    {
        if (_database is not null)
        {
            await _database.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task nul_and_half_characters_are_refused_in_what_is_written_and_in_what_is_looked_for()
    {
        await _database.WriteAsync(static session => session.Execute("CREATE TABLE words (word TEXT NOT NULL)"));
        foreach (var text in (string[])["a\0b", "\0", "a\ud800", "\udc00b", "\ud83d\ud83d\ude00"])
        {
            (
                await Should.ThrowAsync<StatusException>(() =>
                    _database.WriteAsync(session => session.Execute("INSERT INTO words (word) VALUES ($1)", text))
                )
            ).Code.ShouldBe(Code.InvalidArgument);
            (
                await Should.ThrowAsync<StatusException>(() =>
                    _database.ReadAsync(session =>
                        session.Query("SELECT word FROM words WHERE word = $1", static row => row.GetString(0), text)
                    )
                )
            ).Code.ShouldBe(Code.InvalidArgument);
        }

        await _database.WriteAsync(static session => session.Execute("INSERT INTO words (word) VALUES ($1)", "a\ud83d\ude00\uffff\ufffd"));
        (await _database.ReadAsync(static session => session.Query("SELECT word FROM words", static row => row.GetString(0)))).ShouldBe([
            "a\ud83d\ude00\uffff\ufffd",
        ]);
    }

    [Theory]
    [InlineData(49)]
    [InlineData(98)]
    [InlineData(300)]
    public async Task rows_that_nest_deeper_than_readers_take_by_default_are_read_listed_changed_and_deleted(int levels)
    {
        var value = Value.ForString("x");
        for (var i = 0; i < levels; i++)
        {
            value = Value.ForStruct(new Struct { Fields = { ["k"] = value } });
        }

        var store = new ResourceStore(_database, TimeProvider.System);
        var name = $"projects/p/locations/l/metadataStores/s/artifacts/a{levels}";
        await store.WriteAsync(session =>
            store.Insert(
                session,
                Artifacts,
                new Artifact
                {
                    Name = name,
                    DisplayName = "old",
                    Metadata = new Struct { Fields = { ["deep"] = value } },
                }
            )
        );

        var read = await store.GetAsync<Artifact>(Artifacts, name);
        read.Metadata.Fields["deep"].ShouldBe(value);
        (await store.ListAsync<Artifact>(Artifacts, new ListQuery("projects/p/locations/l/metadataStores/s"))).Items.ShouldContain(item =>
            item.Name == name
        );
        read.DisplayName = "new";
        await store.WriteAsync(session => store.Update(session, Artifacts, read));
        (await store.GetAsync<Artifact>(Artifacts, name)).DisplayName.ShouldBe("new");
        (await store.WriteAsync(session => store.Delete(session, Artifacts, name))).ShouldBeTrue();
    }
}

public sealed class StoredFormsOnSqlite(SqliteFixture fixture) : StoredFormsConformance(fixture), IClassFixture<SqliteFixture>;

public sealed class StoredFormsOnPostgreSql(PostgresFixture fixture) : StoredFormsConformance(fixture), IClassFixture<PostgresFixture>;
