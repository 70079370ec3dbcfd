using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Cairn.Bench.Rows;

/// <summary>
/// A custom job that runs <c>python3 -c pass</c>, from its submission until its state is its end, beside the bare command. Needs <c>make
/// build</c>, for the agent.
/// </summary>
internal sealed class JobOverhead : IBenchmark
{
    private const string Python = "/usr/bin/python3";
    private const string Image = "gcr.io/cloud-ml/training/runtime:latest";

    public string Name => "job.overhead";

    public async Task<IReadOnlyList<BenchmarkResult>> RunAsync(CancellationToken cancellation)
    {
        await using var server = await BenchServer.StartAsync(CairnProgram.Path);
        var (ours, peer, ratio) = await Rounds.CompareAsync(() => JobAsync(server), BareAsync);
        return
        [
            new BenchmarkResult(
                Name,
                $"{Rounds.Number(ours, " s")}, adds {Rounds.Number(ours - peer, " s")}",
                $"bare command {Rounds.Number(peer, " s")}",
                ratio,
                "none stated",
                null
            ),
        ];
    }

    private static async Task<double> JobAsync(BenchServer server)
    {
        var clock = Stopwatch.StartNew();
        var job = await server.PostAsync(
            $"/v1/{BenchServer.Location}/customJobs",
            new
            {
                displayName = "nothing",
                jobSpec = new
                {
                    workerPoolSpecs = new[]
                    {
                        new
                        {
                            replicaCount = 1,
                            machineSpec = new { machineType = "n1-standard-4" },
                            containerSpec = new { imageUri = Image, command = new[] { "python3", "-c", "pass" } },
                        },
                    },
                },
            }
        );
        while (true)
        {
            var state = (string?)JsonNode.Parse(await server.Http.GetStringAsync("/v1/" + (string)job["name"]!))!["state"];
            switch (state)
            {
                case "JOB_STATE_SUCCEEDED":
                    return clock.Elapsed.TotalSeconds;
                case "JOB_STATE_FAILED" or "JOB_STATE_CANCELLED":
                    throw new InvalidOperationException($"{job["name"]} ended as {state}.");
                default:
                    await Task.Delay(5);
                    break;
            }
        }
    }

    private static async Task<double> BareAsync()
    {
        var clock = Stopwatch.StartNew();
        using var process = Process.Start(new ProcessStartInfo(Python, ["-c", "pass"]))!;
        await process.WaitForExitAsync();
        return clock.Elapsed.TotalSeconds;
    }
}
