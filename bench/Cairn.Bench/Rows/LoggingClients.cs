using System.Diagnostics;
using System.Globalization;
using System.Text;
using Cairn.Bench.Load;

namespace Cairn.Bench.Rows;

/// <summary>
/// Clients of <c>runs/log-batch</c> over HTTP, with a run each. Every batch has the next step; after a client's last one it begins again.
/// </summary>
internal sealed class LoggingClients
{
    private readonly BenchServer _bench;
    private readonly IReadOnlyList<byte[][]> _requests;

    private LoggingClients(BenchServer bench, IReadOnlyList<byte[][]> requests)
    {
        _bench = bench;
        _requests = requests;
    }

    /// <param name="bench">The server.</param>
    /// <param name="clients">How many there are.</param>
    /// <param name="metrics">Metrics of a batch.</param>
    /// <param name="batches">Batches after which a client begins again.</param>
    public static async Task<LoggingClients> CreateAsync(BenchServer bench, int clients, int metrics, int batches)
    {
        var requests = new List<byte[][]>();
        for (var i = 0; i < clients; i++)
        {
            var run = (string)
                (await bench.PostAsync("/api/2.0/mlflow/runs/create", new { experiment_id = "0" }))["run"]!["info"]!["run_id"]!;
            requests.Add([
                .. Enumerable.Range(0, batches).Select(step => Http1Load.Post("/api/2.0/mlflow/runs/log-batch", Body(run, metrics, step))),
            ]);
        }

        return new LoggingClients(bench, requests);
    }

    /// <summary>All log for a while; returns the requests a second.</summary>
    public async Task<double> RunAsync(TimeSpan duration)
    {
        var clock = Stopwatch.StartNew();
        var counts = await Task.WhenAll(_requests.Select(client => Http1Load.RunAsync(_bench.HttpPort, client, duration)));
        return counts.Sum() / clock.Elapsed.TotalSeconds;
    }

    private static string Body(string run, int metrics, int step)
    {
        var random = new Random(step);
        var body = new StringBuilder($"{{\"run_id\": \"{run}\", \"metrics\": [");
        for (var i = 0; i < metrics; i++)
        {
            body.Append(
                CultureInfo.InvariantCulture,
                $"{(i > 0 ? ", " : "")}{{\"key\": \"metric_{i}\", \"value\": {random.NextDouble():R}, \"timestamp\": {1_700_000_000_000 + step}, \"step\": {step}}}"
            );
        }

        return body.Append("], \"params\": [], \"tags\": []}").ToString();
    }
}
