using Cairn.Optimization.Numerics;
using Cairn.Optimization.Studies;

namespace Cairn.Optimization.GaussianProcesses;

/// <summary>Finds hyperparameters of the highest posterior density, from the prior's centre and from random starts.</summary>
internal static class GaussianProcessFit
{
    // Hyperparameters are as well known from this many points as from more, and the cost grows with the cube.
    private const int MaxPoints = 200;

    /// <param name="features">The kernel's distances.</param>
    /// <param name="points">Training points.</param>
    /// <param name="values">Their values, of unit size, more is better.</param>
    /// <param name="noise">What is known of the noise.</param>
    /// <param name="random">For the starts.</param>
    /// <param name="starts">How often to start.</param>
    public static Hyperparameters Find(
        Features features,
        double[][] points,
        double[] values,
        Noise noise,
        SeededRandom random,
        int starts = 2
    )
    {
        var prior = HyperparameterPrior.For(features.Count, noise);
        (points, values) = Reduce(points, values, random);
        var best = prior.Means.ToArray();
        if (points.Length > 1)
        {
            var posterior = new Posterior(features, points, values, prior);
            var bestValue = double.PositiveInfinity;
            for (var start = 0; start < starts; start++)
            {
                var logs = new double[prior.Means.Length];
                for (var i = 0; i < logs.Length; i++)
                {
                    var spread = start == 0 ? 0 : 0.8 * prior.Deviations[i] * random.NextGaussian();
                    logs[i] = Math.Clamp(prior.Means[i] + spread, prior.Low[i], prior.High[i]);
                }

                var value = BoxLbfgs.Minimise(posterior.Evaluate, logs, prior.Low, prior.High, iterations: 40, tolerance: 1e-4);
                if (value < bestValue)
                {
                    (best, bestValue) = (logs, value);
                }
            }
        }

        return new Hyperparameters(Math.Exp(best[0]), Math.Exp(best[1]), [.. best.Skip(2).Select(Math.Exp)]);
    }

    /// <summary>Of many points, the best half as they are and others at random: what the search will look between.</summary>
    private static (double[][] Points, double[] Values) Reduce(double[][] points, double[] values, SeededRandom random)
    {
        if (points.Length <= MaxPoints)
        {
            return (points, values);
        }

        var order = Enumerable.Range(0, points.Length).OrderByDescending(i => values[i]).ToArray();
        var rest = order[(MaxPoints / 2)..];
        random.Shuffle(rest);
        int[] kept = [.. order.Take(MaxPoints / 2), .. rest.Take(MaxPoints / 2)];
        return ([.. kept.Select(i => points[i])], [.. kept.Select(i => values[i])]);
    }
}
