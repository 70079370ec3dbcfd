using System.Collections.Concurrent;
using Cairn.Kernel.Database;
using Cairn.Kernel.Hosting;
using Cairn.Kernel.Tests.Database;
using Cairn.Kernel.Work;
using Cairn.Kernel.Work.Chores;
using Cairn.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Cairn.Kernel.Tests.Work;

/// <summary>What servers do by themselves, again and again.</summary>
public abstract class ChoreConformance(DatabaseFixture fixture) : WorkTests(fixture)
{
    private static readonly Chore Sweep = new("sweep", TimeSpan.FromHours(6)) { First = TimeSpan.FromHours(1) };

    [Fact]
    public async Task a_chore_of_the_store_is_done_by_one_server_at_its_time_and_restarts_do_not_put_it_off()
    {
        var runs = new ConcurrentQueue<DateTimeOffset>();
        var start = Time.GetUtcNow();
        Task RunAsync(CancellationToken _)
        {
            runs.Enqueue(Time.GetUtcNow());
            return Task.CompletedTask;
        }

        await using (var first = await ServerAsync(Store(RunAsync)))
        await using (var second = await ServerAsync(Store(RunAsync)))
        {
            (await DueAsync()).ShouldBe(start + Sweep.First);
            foreach (var hour in (int[])[1, 7])
            {
                Time.AdjustTime(start.AddHours(hour));
                first.Pulse();
                second.Pulse();
                await Poll.UntilAsync(async () => await DueAsync() == Time.GetUtcNow() + Sweep.Every, $"the run of hour {hour}");
            }
        }

        // Each of these servers lives for an hour only.
        for (var hour = 8; hour <= 13; hour++)
        {
            Time.AdjustTime(start.AddHours(hour));
            await using var brief = await ServerAsync(Store(RunAsync));
            brief.Pulse();
            await Poll.UntilAsync(async () => await DueAsync() > Time.GetUtcNow(), "what is due to be done");
        }

        runs.ShouldBe([start.AddHours(1), start.AddHours(7), start.AddHours(13)]);
    }

    [Fact]
    public async Task a_chore_that_is_due_later_than_its_period_allows_is_done_at_once()
    {
        await using (await ServerAsync(Store(static _ => Task.CompletedTask)))
        {
            (await DueAsync()).ShouldBe(Time.GetUtcNow() + Sweep.First);
        }

        Time.AdjustTime(Time.GetUtcNow() - TimeSpan.FromDays(1));
        await using var next = await ServerAsync(Store(static _ => Task.CompletedTask));
        next.Pulse();
        await Poll.UntilAsync(async () => await DueAsync() == Time.GetUtcNow() + Sweep.Every, "the run");
    }

    [Fact]
    public async Task a_chore_that_fails_is_done_again_and_holds_up_no_other()
    {
        var (failures, others, own) = (0, 0, 0);
        await using var server = await ServerAsync(services =>
            services
                .AddSingleton<IWorker>(
                    new StoreChore(
                        new Acting(
                            Sweep with
                            {
                                First = TimeSpan.Zero,
                            },
                            _ => Interlocked.Increment(ref failures) == 1 ? throw new IOException("no luck") : Task.CompletedTask
                        )
                    )
                )
                .AddSingleton(
                    new ServerChore(
                        new Acting(
                            new Chore("broken", TimeSpan.FromMilliseconds(5)),
                            _ => throw new InvalidOperationException($"{Interlocked.Increment(ref others)}")
                        )
                    )
                )
                .AddSingleton(
                    new ServerChore(
                        new Acting(
                            new Chore("whole", TimeSpan.FromMilliseconds(5)),
                            _ =>
                            {
                                Interlocked.Increment(ref own);
                                return Task.CompletedTask;
                            }
                        )
                    )
                )
        );
        server.Pulse();
        await Poll.UntilAsync(
            async () => Volatile.Read(ref failures) == 1 && await DueAsync() == Time.GetUtcNow() + TimeSpan.FromSeconds(1),
            "the failure of the store's chore"
        );
        var reached = Time.GetUtcNow();
        await Poll.UntilAsync(
            () =>
            {
                Time.Advance(TimeSpan.FromMilliseconds(10));
                return Volatile.Read(ref others) >= 3 && Volatile.Read(ref own) >= 3;
            },
            "the chores of the server"
        );
        Time.AdjustTime(reached);
        Time.AdjustTime(Time.GetUtcNow() + TimeSpan.FromSeconds(1));
        server.Pulse();
        await Poll.UntilAsync(async () => await DueAsync() == Time.GetUtcNow() + Sweep.Every, "the second run");
    }

    private static Action<IServiceCollection> Store(Func<CancellationToken, Task> run) =>
        services => services.AddSingleton<IWorker>(new StoreChore(new Acting(Sweep, run)));

    private async Task<DateTimeOffset?> DueAsync() =>
        await Database.ReadAsync(static session =>
            session.QueryFirst<long?>(
                "SELECT due FROM work WHERE kind = 'chore:sweep' AND key = '-' AND owner IS NULL",
                static row => row.GetInt64(0)
            )
        )
            is { } due
            ? DateTimeOffset.UnixEpoch + TimeSpan.FromMicroseconds(due)
            : null;

    private async Task<Server> ServerAsync(Action<IServiceCollection> chores)
    {
        var services = new ServiceCollection()
            .AddLogging()
            .AddSingleton(Database)
            .AddSingleton<TimeProvider>(Time)
            .AddSingleton(
                new ServerEnvironment
                {
                    DataDirectory = "/",
                    ServerId = Guid.NewGuid().ToString("N"),
                    HttpUrl = static () => new Uri("http://127.0.0.1"),
                    GrpcAddress = static () => "",
                    Executable = "",
                }
            )
            .AddKernel();
        chores(services);
        var server = new Server(services.BuildServiceProvider());
        await server.StartAsync();
        return server;
    }

    private sealed class Acting(Chore chore, Func<CancellationToken, Task> run) : IChore
    {
        public Chore Chore => chore;

        public Task RunAsync(CancellationToken cancellation) => run(cancellation);
    }

    private sealed class Server(ServiceProvider services) : IAsyncDisposable
    {
        private readonly List<IHostedService> _hosted = [.. services.GetServices<IHostedService>()];

        public async Task StartAsync()
        {
            foreach (var hosted in _hosted)
            {
                await hosted.StartAsync(CancellationToken.None);
            }
        }

        public void Pulse() => services.GetRequiredService<WorkSignal>().Pulse();

        public async ValueTask DisposeAsync()
        {
            foreach (var hosted in _hosted)
            {
                await hosted.StopAsync(CancellationToken.None);
            }

            await services.DisposeAsync();
        }
    }
}

public sealed class ChoresOnSqlite(SqliteFixture fixture) : ChoreConformance(fixture), IClassFixture<SqliteFixture>;

public sealed class ChoresOnPostgreSql(PostgresFixture fixture) : ChoreConformance(fixture), IClassFixture<PostgresFixture>;
