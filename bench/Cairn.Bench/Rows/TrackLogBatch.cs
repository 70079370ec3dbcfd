namespace Cairn.Bench.Rows;

/// <summary>
/// MLflow's <c>runs/log-batch</c> over HTTP, durable: 20 clients with a run each, batches of 10 and of 500 metrics. The peers are published
/// or were measured on two cores as well, so the ratios compare machines too.
/// </summary>
internal sealed class TrackLogBatch : IBenchmark
{
    private const int Clients = 20;
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(4);

    public string Name => "track.logbatch";

    public async Task<IReadOnlyList<BenchmarkResult>> RunAsync(CancellationToken cancellation)
    {
        await using var bench = await BenchServer.StartAsync();
        var small = await MeasureAsync(bench, 10, 256);
        var large = await MeasureAsync(bench, 500, 16);
        return
        [
            new BenchmarkResult(
                Name + " 10",
                Rounds.Number(small, " requests/s"),
                "MLflow on SQLite 264/s, in Go 1,094/s",
                small / 264,
                ">= 3,000/s",
                small >= 3_000
            ),
            new BenchmarkResult(
                Name + " 500",
                Rounds.Number(large * 500, " metrics/s"),
                "MLflow on SQLite 10,800/s",
                large / 21.6,
                ">= 400k metrics/s",
                large * 500 >= 400_000
            ),
        ];
    }

    /// <summary>Requests a second: the median of the rounds.</summary>
    private static async Task<double> MeasureAsync(BenchServer bench, int metrics, int batches)
    {
        var clients = await LoggingClients.CreateAsync(bench, Clients, metrics, batches);
        var figures = new List<double>();
        for (var round = 0; round <= Rounds.Count; round++)
        {
            figures.Add(await clients.RunAsync(Duration));
        }

        // The first is for warmth.
        return Rounds.Median(figures.Skip(1));
    }
}
