using Cairn.Kernel.Database;
using Cairn.Kernel.Database.Sqlite;
using Cairn.Kernel.Time;
using Cairn.Tracking.Metrics;
using Cairn.Tracking.Runs;
using Microsoft.Extensions.DependencyInjection;

namespace Cairn.Bench.Rows;

/// <summary>An experiment of many runs with 10 metrics of 10 steps each, three parameters and a tag.</summary>
internal static class TrackedRuns
{
    public const string Experiment = "search";
    public const int Metrics = 10;
    public const int Steps = 10;

    private const int RunsAtOnce = 5_000;

    /// <summary>The services of runs on a database of the folder, as a server has them.</summary>
    public static async Task<ServiceProvider> OpenAsync(string folder, CancellationToken cancellation)
    {
        var collection = new ServiceCollection();
        collection.AddLogging();
        collection.AddSingleton(TimeProvider.System);
        collection.AddSingleton<IIdSource, RandomIdSource>();
        collection.AddSingleton<IDatabase>(_ => new SqliteDatabase(Path.Combine(folder, "cairn.db")));
        collection.AddRuns();
        var services = collection.BuildServiceProvider();
        await Migrations.ApplyAsync(services.GetRequiredService<IDatabase>(), services.GetServices<MigrationSet>(), cancellation);
        return services;
    }

    /// <summary>Fills a server's folder.</summary>
    public static async Task FillAsync(string folder, int count, CancellationToken cancellation)
    {
        await using var services = await OpenAsync(folder, cancellation);
        await FillAsync(services, count, cancellation);
    }

    public static async Task<Experiment> FillAsync(IServiceProvider services, int count, CancellationToken cancellation)
    {
        var database = services.GetRequiredService<IDatabase>();
        var runs = services.GetRequiredService<RunStore>();
        var log = services.GetRequiredService<MetricLog>();
        var keys = services.GetRequiredService<MetricKeys>();
        var random = new Random(1);
        var ids = (await keys.InternAsync(Enumerable.Range(0, Metrics).Select(static i => $"m{i}"))).Values.ToArray();
        var experiment = await database.WriteAsync(session =>
            services.GetRequiredService<ExperimentStore>().Create(session, new NewExperiment("bench", "us-central1") { Name = Experiment })
        );
        for (var from = 0; from < count; from += RunsAtOnce)
        {
            var first = from;
            await database.WriteAsync(session =>
            {
                for (var i = first; i < first + RunsAtOnce; i++)
                {
                    Fill(session, runs, log, experiment.Id, i, ids, random);
                }

                return true;
            });
        }

        await services.GetRequiredService<MetricFold>().FoldAsync(cancellation);
        return experiment;
    }

    private static void Fill(ISqlSession session, RunStore runs, MetricLog log, long experiment, int index, long[] keys, Random random)
    {
        var run = runs.Create(
            session,
            new NewRun(experiment)
            {
                Name = $"run-{index}",
                Started = 1_700_000_000_000 + (index * 7),
                Status = (RunStatus)(3 + (index % 2)),
            }
        );
        RunFields.SetParam(
            session,
            run,
            new Param("lr", (index / 2 % 10 / 10.0).ToString(System.Globalization.CultureInfo.InvariantCulture), true)
        );
        RunFields.SetParam(session, run, new Param("model", $"model-{index % 7}"));
        RunFields.SetParam(session, run, new Param("seed", index.ToString(System.Globalization.CultureInfo.InvariantCulture), true));
        RunFields.SetTag(session, run, "team", $"team-{index % 5}");
        var points = new LoggedPoint[keys.Length];
        for (var step = 0; step < Steps; step++)
        {
            for (var i = 0; i < keys.Length; i++)
            {
                points[i] = new LoggedPoint(keys[i], new MetricPoint(step, (1_700_000_000_000L + step) * 1_000, random.NextDouble()));
            }

            // The second metric runs against the first, so that the best by one are the worst by the other.
            points[1] = points[1] with
            {
                Point = points[1].Point with { Value = 1 - points[0].Point.Value },
            };
            log.Append(session, run, points);
        }
    }
}
