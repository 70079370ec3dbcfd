using Cairn.Kernel.Database;
using Cairn.Kernel.Tests.Database;
using Cairn.Kernel.Work;
using Cairn.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Cairn.Kernel.Tests.Work;

/// <summary>Tests of durable work on one database, with a clock that they set.</summary>
public abstract class WorkTests(DatabaseFixture fixture) : IAsyncLifetime
{
    protected FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    protected IDatabase Database { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Database = await fixture.CreateAsync();
        await Database.WriteAsync(static session => session.Execute("CREATE TABLE IF NOT EXISTS effects (key VARCHAR(64) NOT NULL)"));
    }

    public async ValueTask DisposeAsync()
    {
        if (Database is not null)
        {
            await Database.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>What a worker does in these tests: its effect and the end of its item in one transaction.</summary>
    protected static async Task<WorkStep> EffectAsync(IDatabase database, IWork queue, WorkItem item)
    {
        await database.WriteAsync(session =>
        {
            queue.Require(session, item);
            queue.Remove(session, item.Kind, item.Key);
            return session.Execute("INSERT INTO effects (key) VALUES ($1)", item.Key);
        });
        return WorkStep.Done;
    }

    private protected Task EnqueueAsync(WorkServer server, string key) =>
        Database.WriteAsync(session =>
        {
            server.Queue.Enqueue(session, "test", key);
            return true;
        });

    private protected Task WakeAsync(WorkServer server, string key) =>
        Database.WriteAsync(session =>
        {
            server.Queue.Wake(session, "test", key);
            return true;
        });

    protected Task<bool> HasAsync(string key) =>
        Database.ReadAsync(session => session.QueryFirst("SELECT 1 FROM work WHERE kind = 'test' AND key = $1", static _ => true, key));

    protected Task<List<string>> EffectsAsync() =>
        Database.ReadAsync(static session => session.Query("SELECT key FROM effects", static row => row.GetString(0)));

    private protected Task EndAsync(WorkServer server) =>
        Poll.UntilAsync(
            async () =>
                await Database.ReadAsync(static session => session.QueryFirst("SELECT COUNT(*) FROM work", static row => row.GetInt64(0)))
                == 0,
            "all work to end"
        );

    protected async Task<Row> RowAsync(string key, Func<Row, bool> condition)
    {
        Row? found = null;
        await Poll.UntilAsync(
            async () =>
                (
                    found = await Database.ReadAsync(session =>
                        session.QueryFirst(
                            "SELECT attempt, due, said, fence, owner FROM work WHERE kind = 'test' AND key = $1",
                            static row => new Row(
                                (int)row.GetInt64(0),
                                row.IsDBNull(1)
                                    ? DateTimeOffset.MaxValue
                                    : DateTimeOffset.UnixEpoch + TimeSpan.FromMicroseconds(row.GetInt64(1)),
                                row.IsDBNull(2) ? null : row.GetString(2),
                                row.GetInt64(3),
                                !row.IsDBNull(4)
                            ),
                            key
                        )
                    )
                )
                    is not null
                && condition(found),
            $"the row of {key}"
        );
        return found!;
    }

    protected sealed record Row(int Attempt, DateTimeOffset Due, string? Said, long Fence, bool IsOwned)
    {
        public bool IsAsleep => Due == DateTimeOffset.MaxValue;

        public void Deconstruct(out int attempt, out DateTimeOffset due, out string? said) => (attempt, due, said) = (Attempt, Due, Said);
    }
}
