using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Cairn.TestFunctions;

namespace Cairn.Bench.Peers;

/// <summary>
/// Optuna's TPE with its defaults, in Debian's Python. Both sides' functions are compared at random points before anything counts.
/// </summary>
internal static class Optuna
{
    private const string Python = "/usr/bin/python3";
    private const int ProbesEach = 5;

    public static bool IsInstalled => Directory.Exists("/usr/lib/python3/dist-packages/optuna");

    /// <summary>Regrets by function, one a seed.</summary>
    public static async Task<Dictionary<string, double[]>> RunAsync(
        IReadOnlyList<TestFunction> functions,
        int trials,
        int seeds,
        CancellationToken cancellation
    )
    {
        var random = new Random(1);
        var probes = functions
            .SelectMany(function => Enumerable.Range(0, ProbesEach).Select(seed => (function, seed, point: function.Sample(random))))
            .ToList();
        var task = new JsonObject
        {
            ["trials"] = trials,
            ["seeds"] = seeds,
            ["probes"] = new JsonArray([
                .. probes.Select(static probe =>
                    (JsonNode)
                        new JsonObject
                        {
                            ["function"] = probe.function.Name,
                            ["seed"] = probe.seed,
                            ["point"] = new JsonObject(
                                probe.point.Select(static pair =>
                                    KeyValuePair.Create(
                                        pair.Key,
                                        (JsonNode?)(pair.Value.Text ?? (JsonNode)JsonValue.Create(pair.Value.Number))
                                    )
                                )
                            ),
                        }
                ),
            ]),
        };
        var start = new ProcessStartInfo(Python, [Path.Combine(AppContext.BaseDirectory, "Peers", "optuna_tpe.py")])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        await process.StandardInput.WriteAsync(task.ToJsonString());
        process.StandardInput.Close();
        var text = await process.StandardOutput.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation);
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{Python} ended with {process.ExitCode}.");
        }

        var answer = JsonNode.Parse(text)!;
        for (var i = 0; i < probes.Count; i++)
        {
            var (ours, theirs) = (probes[i].function.Value(probes[i].point, probes[i].seed), (double)answer["probes"]![i]!);
            if (Math.Abs(ours - theirs) > 1e-9 * (1 + Math.Abs(ours)))
            {
                throw new InvalidOperationException(
                    $"{probes[i].function.Name} is {ours} here and {theirs} in Python: the two are not the same function."
                );
            }
        }

        return answer["regrets"]!.Deserialize<Dictionary<string, double[]>>()!;
    }
}
