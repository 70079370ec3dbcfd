using System.Diagnostics;
using System.Text.Json.Nodes;
using Cairn.Jobs;

namespace Cairn.Bench.Rows;

/// <summary>
/// A custom job that runs <c>python3 -c pass</c>, from its submission until its state is its end, beside the bare command; and a line of
/// such jobs. Needs <c>make build</c>, for the agent.
/// </summary>
internal sealed class JobOverhead : IBenchmark
{
    private const string Python = "/usr/bin/python3";
    private const string Image = "gcr.io/cloud-ml/training/runtime:latest";
    private const double MostAdded = 0.12;
    private const int Slots = 2;
    private const int InLine = 200;
    private const double LeastASecond = 15;

    public string Name => "job.overhead";

    public async Task<IReadOnlyList<BenchmarkResult>> RunAsync(CancellationToken cancellation)
    {
        await using var server = await BenchServer.StartAsync(CairnProgram.Path, jobs: new JobsOptions { Slots = Slots });
        var (ours, peer, ratio) = await Rounds.CompareAsync(() => JobAsync(server), BareAsync);
        var added = ours - peer;
        var rate = InLine / await LineAsync(server, cancellation);
        return
        [
            new BenchmarkResult(
                Name,
                $"{Rounds.Number(ours, " s")}, adds {Rounds.Number(added, " s")}",
                $"bare command {Rounds.Number(peer, " s")}",
                ratio,
                $"adds at most {MostAdded} s",
                added <= MostAdded
            ),
            new BenchmarkResult(
                $"{Name} ({InLine} in line, {Slots} slots)",
                Rounds.Number(rate, "/s"),
                $"{Slots} bare commands at once {Rounds.Number(Slots / peer, "/s")}",
                Slots / peer / rate,
                $"at least {LeastASecond}/s",
                rate >= LeastASecond
            ),
        ];
    }

    private static async Task<double> JobAsync(BenchServer server)
    {
        var clock = Stopwatch.StartNew();
        await EndAsync(server, await SubmitAsync(server), TimeSpan.FromMilliseconds(5));
        return clock.Elapsed.TotalSeconds;
    }

    /// <summary>Seconds from the first submission until the last has ended.</summary>
    private static async Task<double> LineAsync(BenchServer server, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        var names = new List<string>();
        for (var i = 0; i < InLine; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            names.Add(await SubmitAsync(server));
        }

        foreach (var name in names)
        {
            await EndAsync(server, name, TimeSpan.FromMilliseconds(25));
        }

        return clock.Elapsed.TotalSeconds;
    }

    private static async Task<string> SubmitAsync(BenchServer server) =>
        (string)
            (
                await server.PostAsync(
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
                )
            )["name"]!;

    /// <summary>Asks for a job's state until it has succeeded.</summary>
    private static async Task EndAsync(BenchServer server, string name, TimeSpan pause)
    {
        while (true)
        {
            var state = (string?)JsonNode.Parse(await server.Http.GetStringAsync("/v1/" + name))!["state"];
            switch (state)
            {
                case "JOB_STATE_SUCCEEDED":
                    return;
                case "JOB_STATE_FAILED" or "JOB_STATE_CANCELLED":
                    throw new InvalidOperationException($"{name} ended as {state}.");
                default:
                    await Task.Delay(pause);
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
