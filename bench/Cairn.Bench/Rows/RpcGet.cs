namespace Cairn.Bench.Rows;

/// <summary>Unary gRPC GetModel on 64 connections, beside a plain Kestrel endpoint that returns the same bytes.</summary>
internal sealed class RpcGet : IBenchmark
{
    public string Name => "rpc.get";

    public async Task<IReadOnlyList<BenchmarkResult>> RunAsync(CancellationToken cancellation)
    {
        var (ours, peer, ratio) = await ModelGet.MeasureAsync(grpc: true);
        return
        [
            new BenchmarkResult(
                Name,
                Rounds.Number(ours, "/s"),
                $"plain Kestrel {Rounds.Number(peer, "/s")}",
                ratio,
                ">= 0.6",
                ratio >= 0.6
            ),
        ];
    }
}
