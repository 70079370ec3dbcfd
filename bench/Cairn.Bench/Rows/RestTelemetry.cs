namespace Cairn.Bench.Rows;

/// <summary>
/// rest.get of a server that measures itself and traces, for Prometheus and for a collector that is not there, beside one that does not.
/// Two programs, since what is measured is a process's; and what counts is their processor time, since a few hundredths of what a machine
/// gets done in a second are lost among what else it does. Needs <c>make build</c>.
/// </summary>
internal sealed class RestTelemetry : IBenchmark
{
    /// <summary>A difference of a few hundredths is not seen in fewer.</summary>
    private const int ManyRounds = 9;

    public string Name => "rest.telemetry";

    public async Task<IReadOnlyList<BenchmarkResult>> RunAsync(CancellationToken cancellation)
    {
        await using var on = await TelemetryServer.StartAsync("--metrics", "--telemetry-endpoint", "http://127.0.0.1:9");
        await using var off = await TelemetryServer.StartAsync("--telemetry-endpoint", "none");
        var (measured, plain, ratio) = await Rounds.CompareAsync(() => on.LoadAsync(), () => off.LoadAsync(), ManyRounds);
        return
        [
            new BenchmarkResult(
                Name,
                Rounds.Number(measured, "/s of CPU"),
                $"without telemetry {Rounds.Number(plain, "/s of CPU")}",
                ratio,
                ">= 0.97",
                ratio >= 0.97
            ),
        ];
    }
}
