using System.Diagnostics;
using System.Globalization;
using System.Text;
using Cairn.Bench.Load;

namespace Cairn.Bench.Rows;

/// <summary>
/// MLflow's <c>runs/log-batch</c> over HTTP, durable: 20 clients with a run each, batches of 10 and of 500 metrics. Every batch has the next step; after a client's last one it begins
/// again. The peers are published or were measured on two cores as well, so the ratios compare machines too.
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
            new BenchmarkResult(Name + " 10", Rounds.Number(small, " requests/s"), "MLflow on SQLite 264/s, in Go 1,094/s", small / 264, ">= 3,000/s", small >= 3_000),
            new BenchmarkResult(Name + " 500", Rounds.Number(large * 500, " metrics/s"), "MLflow on SQLite 10,800/s", large / 21.6, ">= 400k metrics/s", large * 500 >= 400_000),
        ];
    }

    /// <summary>Requests a second: the median of the rounds.</summary>
    private static async Task<double> MeasureAsync(BenchServer bench, int metrics, int batches)
    {
        var clients = new List<byte[][]>();
        for (var i = 0; i < Clients; i++)
        {
            var run = (string)(await bench.PostAsync("/api/2.0/mlflow/runs/create", new { experiment_id = "0" }))["run"]!["info"]!["run_id"]!;
            clients.Add([.. Enumerable.Range(0, batches).Select(step => Http1Load.Post("/api/2.0/mlflow/runs/log-batch", Body(run, metrics, step)))]);
        }

        var figures = new List<double>();
        for (var round = 0; round <= Rounds.Count; round++)
        {
            var clock = Stopwatch.StartNew();
            var counts = await Task.WhenAll(clients.Select(requests => Http1Load.RunAsync(bench.HttpPort, requests, Duration)));
            if (round > 0)
            {
                figures.Add(counts.Sum() / clock.Elapsed.TotalSeconds);
            }
        }

        return Rounds.Median(figures);
    }

    private static string Body(string run, int metrics, int step)
    {
        var random = new Random(step);
        var body = new StringBuilder($"{{\"run_id\": \"{run}\", \"metrics\": [");
        for (var i = 0; i < metrics; i++)
        {
            body.Append(CultureInfo.InvariantCulture, $"{(i > 0 ? ", " : "")}{{\"key\": \"metric_{i}\", \"value\": {random.NextDouble():R}, \"timestamp\": {1_700_000_000_000 + step}, \"step\": {step}}}");
        }

        return body.Append("], \"params\": [], \"tags\": []}").ToString();
    }
}
