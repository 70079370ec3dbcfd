namespace Cairn.Bench.Rows;

/// <summary>The same over REST and JSON.</summary>
internal sealed class RestGet : IBenchmark
{
    public string Name => "rest.get";

    public async Task<IReadOnlyList<BenchmarkResult>> RunAsync(CancellationToken cancellation)
    {
        var (ours, peer, ratio) = await ModelGet.MeasureAsync(grpc: false);
        return
        [
            new BenchmarkResult(
                Name,
                Rounds.Number(ours, "/s"),
                $"plain Kestrel {Rounds.Number(peer, "/s")}",
                ratio,
                ">= 0.5",
                ratio >= 0.5
            ),
        ];
    }
}
