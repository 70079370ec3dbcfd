using System.Diagnostics;
using System.Globalization;
using Cairn.Kernel.Blobs;
using Cairn.Kernel.Database;
using Cairn.Kernel.Database.Sqlite;
using Cairn.Kernel.Time;
using Cairn.Testing;
using Cairn.Tracking.Metrics;
using Cairn.Tracking.Metrics.Cold;
using Cairn.Tracking.Runs;
using Cairn.Tracking.Writer;
using Microsoft.Extensions.DependencyInjection;

namespace Cairn.Tracking.Tests.Metrics;

/// <summary>SIGKILL while 20 clients log and metrics move to column files: what was acknowledged is there afterwards, once.</summary>
public sealed class KillTests(ITestOutputHelper output) : IDisposable
{
    private const int PerCall = 5;
    private const int Rounds = 6;

    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task every_acknowledged_point_survives_a_kill_and_none_is_doubled()
    {
        const string Uuid = "0123456789abcdef0123456789abcdef";
        await using (var services = Open(TimeProvider.System))
        {
            var database = services.GetRequiredService<IDatabase>();
            await Migrations.ApplyAsync(database, services.GetServices<MigrationSet>());
            await database.WriteAsync(session =>
            {
                var experiment = services.GetRequiredService<ExperimentStore>().Create(session, new NewExperiment("p", "l") { Name = "e" });
                return services
                    .GetRequiredService<RunStore>()
                    .Create(session, new NewRun(experiment.Id) { Uuid = Uuid, Status = RunStatus.Finished });
            });
        }

        var acknowledged = new HashSet<long>();
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        for (var round = 0; round < Rounds; round++)
        {
            acknowledged.UnionWith(await LogUntilKilledAsync(Uuid, round * 1_000_000L, calls: random.Next(200, 1_500)));
            await using var services = Open(new LaterTime());
            var run = await services
                .GetRequiredService<IDatabase>()
                .ReadAsync(session => services.GetRequiredService<RunStore>().Get(session, Uuid));
            var key = await services.GetRequiredService<MetricKeys>().InternAsync("loss");
            for (var moved = 0; moved < 2; moved++)
            {
                var history = await services.GetRequiredService<MetricReader>().HistoryAsync(run, key);
                var steps = history.Select(static point => point.Step).ToList();
                steps.ShouldBeUnique();
                history.ShouldAllBe(static point => point.Time == 1_000 * point.Step && point.Value == Math.Sqrt(point.Step));
                acknowledged.SelectMany(static first => Enumerable.Range(0, PerCall).Select(i => first + i)).Except(steps).ShouldBeEmpty();
                // More than was acknowledged can only be what was under way: one call of each client, in each round.
                (steps.Count - (acknowledged.Count * PerCall)).ShouldBeInRange(0, 20 * PerCall * (round + 1));
                var data = await services
                    .GetRequiredService<IDatabase>()
                    .ReadAsync(session => services.GetRequiredService<RunDataReader>().Read(session, run));
                data.Metrics.ShouldHaveSingleItem().Point.ShouldBe(history[^1]);
                await services.GetRequiredService<MetricCompactor>().CompactAsync();
            }

            (await services.GetRequiredService<IDatabase>().ReadAsync(session => SegmentTable.OfRun(session, run.Id))).ShouldNotBeEmpty();
        }

        output.WriteLine($"{acknowledged.Count * PerCall} points were acknowledged in {Rounds} lives.");
    }

    private static async Task<List<long>> LogUntilKilledAsync(string folder, string uuid, long firstStep, int calls)
    {
        var start = new ProcessStartInfo(
            Path.Combine(AppContext.BaseDirectory, "Cairn.Tracking.Writer"),
            [folder, uuid, firstStep.ToString(CultureInfo.InvariantCulture)]
        )
        {
            RedirectStandardOutput = true,
        };
        using var writer = await BoundProcess.StartAsync(start);
        (await writer.StandardOutput.ReadLineAsync()).ShouldBe("ready");
        var acknowledged = new List<long>();
        while (acknowledged.Count < calls)
        {
            acknowledged.Add(long.Parse((await writer.StandardOutput.ReadLineAsync())!, CultureInfo.InvariantCulture));
        }

        writer.Kill();
        // What it still said before it died counts too; its last line may be torn.
        var rest = await writer.StandardOutput.ReadToEndAsync();
        var whole = rest.LastIndexOf('\n');
        acknowledged.AddRange(
            rest[..(whole + 1)]
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(static line => long.Parse(line, CultureInfo.InvariantCulture))
        );
        await writer.WaitForExitAsync();
        return acknowledged;
    }

    private Task<List<long>> LogUntilKilledAsync(string uuid, long firstStep, int calls) =>
        LogUntilKilledAsync(_scratch.Path, uuid, firstStep, calls);

    private ServiceProvider Open(TimeProvider time)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton(time);
        services.AddSingleton<IIdSource, RandomIdSource>();
        services.AddSingleton<IDatabase>(_ => new SqliteDatabase(_scratch["cairn.db"]));
        services.AddSingleton<IBlobStore>(provider => new DiskBlobStore(
            _scratch["blobs"],
            provider.GetRequiredService<IIdSource>(),
            TimeProvider.System
        ));
        services.AddRuns().AddColdMetrics();
        return services.BuildServiceProvider();
    }
}
