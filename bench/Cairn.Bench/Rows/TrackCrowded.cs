using System.Diagnostics;

namespace Cairn.Bench.Rows;

/// <summary>
/// What 25,000 runs at rest cost those that log: <c>runs/log-batch</c> of 10 metrics by 20 clients, on a server that has them and on an
/// empty one, in turn. And a search of them while 8 clients log, beside the same search while no one does.
/// </summary>
internal sealed class TrackCrowded : IBenchmark
{
    private const string Mlflow = $"/{BenchServer.Location}/api/2.0/mlflow/";
    private const int Runs = 25_000;
    private const int Searches = 100;
    private const double Share = 0.9;
    private const double Hold = 20;
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(4);

    public string Name => "track.crowded";

    public async Task<IReadOnlyList<BenchmarkResult>> RunAsync(CancellationToken cancellation)
    {
        await using var empty = await BenchServer.StartAsync();
        await using var crowded = await BenchServer.StartAsync(fill: data => TrackedRuns.FillAsync(data, Runs, cancellation));
        var experiment = (string)
            (
                await crowded.PostAsync(
                    Mlflow + "experiments/search",
                    new { max_results = 10, filter = $"name = '{TrackedRuns.Experiment}'" }
                )
            )["experiments"]![0]!["experiment_id"]!;
        var ours = await LoggingClients.CreateAsync(crowded, 20, 10, 256);
        var peers = await LoggingClients.CreateAsync(empty, 20, 10, 256);
        var (busy, free, ratio) = await Rounds.CompareAsync(() => ours.RunAsync(Duration), () => peers.RunAsync(Duration));
        var quiet = await SearchAsync(crowded, experiment);
        var few = await LoggingClients.CreateAsync(crowded, 8, 10, 256);
        var logging = few.RunAsync(2 * Duration);
        var loud = await SearchAsync(crowded, experiment);
        await logging;
        return
        [
            new BenchmarkResult(
                Name + " log",
                Rounds.Number(busy, " requests/s"),
                $"an empty server {Rounds.Number(free, "/s")}",
                ratio,
                ">= 0.9 of an empty server",
                ratio >= Share
            ),
            new BenchmarkResult(
                Name + " search",
                $"p50 {Rounds.Number(loud, " ms")}",
                $"while no one logs {Rounds.Number(quiet, " ms")}",
                quiet / loud,
                "p50 <= 20 ms",
                loud <= Hold
            ),
        ];
    }

    private static async Task<double> SearchAsync(BenchServer bench, string experiment)
    {
        var times = new List<double>();
        var clock = Stopwatch.StartNew();
        while (times.Count < Searches && clock.Elapsed < 1.5 * Duration)
        {
            var begin = Stopwatch.GetTimestamp();
            await bench.PostAsync(Mlflow + "runs/search", new { experiment_ids = new[] { experiment }, max_results = 10 });
            times.Add(Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
        }

        return Rounds.Median(times.Skip(times.Count / 10));
    }
}
