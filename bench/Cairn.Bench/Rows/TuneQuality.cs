using System.Globalization;
using Cairn.Bench.Peers;
using Cairn.Optimization.Designers;
using Cairn.Optimization.Designers.GaussianProcessBandit;
using Cairn.TestFunctions;

namespace Cairn.Bench.Rows;

/// <summary>
/// How far the best of 100 trials is from the minimum: the median over 20 seeds, beside Optuna's TPE and random search on the same
/// functions with the same budget. The minima of the functions that would have them at the centre, where the bandit begins, are moved with
/// the seed.
/// </summary>
internal sealed class TuneQuality : IBenchmark
{
    private const int Trials = 100;
    private const int Seeds = 20;

    private static readonly TestFunction[] All =
    [
        Functions.Sphere(5),
        Functions.Rosenbrock(4),
        Functions.Rastrigin(5),
        Functions.Branin,
        Functions.Hartmann6,
        TrainingFunctions.Mixed,
        TrainingFunctions.Conditional,
    ];

    public string Name => "tune.quality";

    public async Task<IReadOnlyList<BenchmarkResult>> RunAsync(CancellationToken cancellation)
    {
        var peer = Optuna.IsInstalled ? Optuna.RunAsync(All, Trials, Seeds, cancellation) : null;
        var ours = All.ToDictionary(static function => function.Name, function => Regret(new GaussianProcessBanditDesigner(), function));
        var random = All.ToDictionary(static function => function.Name, function => Regret(new RandomDesigner(), function));
        var tpe = peer is null ? null : (await peer).ToDictionary(static pair => pair.Key, static pair => Middle(pair.Value));
        var results = All.Select(function =>
            {
                var (own, other, chance) = (ours[function.Name], tpe?[function.Name] ?? double.NaN, random[function.Name]);
                return new BenchmarkResult(
                    $"{Name} {function.Name}",
                    $"{Text(own)} off",
                    $"TPE {Text(other)}, random {Text(chance)}",
                    own / other,
                    "< random",
                    own < chance
                );
            })
            .ToList();
        var wins = tpe is null ? 0 : All.Count(function => ours[function.Name] < tpe[function.Name]);
        results.Add(
            new BenchmarkResult(
                Name,
                $"{wins} of {All.Length} won",
                tpe is null ? "python3-optuna is not installed" : "Optuna's TPE",
                wins / (double)All.Length,
                ">= 80% against TPE",
                wins >= 0.8 * All.Length
            )
        );
        return results;
    }

    /// <summary>The median over the seeds. One core is left to the peer, which runs at the same time.</summary>
    private static double Regret(IDesigner designer, TestFunction function) =>
        Middle([.. Enumerable.Range(0, Seeds).Select(seed => Run.Regret(designer, function, seed, Trials))]);

    private static double Middle(double[] values)
    {
        var sorted = values.Order().ToArray();
        return 0.5 * (sorted[sorted.Length / 2] + sorted[(sorted.Length - 1) / 2]);
    }

    private static string Text(double value) => value.ToString("G3", CultureInfo.InvariantCulture);
}
