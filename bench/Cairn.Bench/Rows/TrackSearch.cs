using System.Diagnostics;
using Cairn.Tracking.Search;
using Microsoft.Extensions.DependencyInjection;

namespace Cairn.Bench.Rows;

/// <summary>
/// Pages of 100 out of 100,000 runs with 10 million points, each run with its parameters, tags and latest metrics. Filters of every
/// selectivity are measured each by itself, and the worst one's median is the figure.
/// </summary>
internal sealed class TrackSearch : IBenchmark
{
    private const int Runs = 100_000;
    private const int Queries = 60;
    private const double Hold = 20;

    /// <summary>MLflow 2.17 on SQLite, measured on two cores, in milliseconds.</summary>
    private const double MlflowFiltered = 4_700;
    private const double MlflowPlain = 140;

    private static readonly (string Filter, string[] OrderBy)[] Filtered =
    [
        ("metrics.m3 > 0.5", ["metrics.m0 DESC"]),
        ("metrics.m3 > 0.9", ["metrics.m0 ASC"]),
        ("metrics.m3 > 0.99 and params.model = 'model-3'", ["metrics.m0 DESC", "start_time ASC"]),
        ("metrics.m3 > 0.5 and metrics.m4 < 0.5 and params.lr = '0.1' and attributes.status = 'FINISHED'", ["metrics.m0 DESC"]),
        ("metrics.m1 > 0.9", ["metrics.m0 DESC"]),
        ("metrics.m3 > 0.9", ["start_time DESC"]),
    ];

    public string Name => "track.search";

    public async Task<IReadOnlyList<BenchmarkResult>> RunAsync(CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("cairn-bench-");
        try
        {
            await using var services = await TrackedRuns.OpenAsync(folder.FullName, cancellation);
            var clock = Stopwatch.StartNew();
            var experiment = await TrackedRuns.FillAsync(services, Runs, cancellation);
            Console.WriteLine($"{Name}: filled in {clock.Elapsed.TotalSeconds:0} s");
            var search = services.GetRequiredService<RunSearch>();
            var plain = await MedianAsync(search, new RunQuery([experiment.Id]) { PageSize = 100 });
            var worst = 0.0;
            foreach (var (filter, order) in Filtered)
            {
                var median = await MedianAsync(
                    search,
                    new RunQuery([experiment.Id])
                    {
                        PageSize = 100,
                        Filter = filter,
                        OrderBy = order,
                    }
                );
                Console.WriteLine($"  {filter}, {string.Join(", ", order)}: {median:0.0} ms");
                worst = Math.Max(worst, median);
            }

            return
            [
                new BenchmarkResult(
                    Name + " plain",
                    $"p50 {Rounds.Number(plain, " ms")}",
                    "MLflow on SQLite 140 ms",
                    MlflowPlain / plain,
                    "p50 <= 20 ms",
                    plain <= Hold
                ),
                new BenchmarkResult(
                    Name + " filtered",
                    $"worst p50 {Rounds.Number(worst, " ms")}",
                    "MLflow on SQLite 4,700 ms",
                    MlflowFiltered / worst,
                    "p50 <= 20 ms",
                    worst <= Hold
                ),
            ];
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<double> MedianAsync(RunSearch search, RunQuery query)
    {
        var times = new List<double>();
        for (var i = 0; i < Queries; i++)
        {
            var start = Stopwatch.GetTimestamp();
            var page = await search.SearchAsync(query);
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            if (page.Runs.Count != query.PageSize || page.Data[page.Runs[0].Id].Metrics.Count != TrackedRuns.Metrics)
            {
                throw new InvalidOperationException($"The page of '{query.Filter}' has {page.Runs.Count} runs.");
            }
        }

        return Rounds.Median(times.Skip(Queries / 6));
    }
}
