using Cairn.Optimization.GaussianProcesses;
using Cairn.Optimization.Numerics;
using Cairn.Optimization.Studies;

namespace Cairn.Optimization.Designers.GaussianProcessBandit;

/// <summary>
/// What is believed of a condition that points should meet: a safety metric on its safe side, or being measurable at all.
/// </summary>
internal sealed class Constraint
{
    // How much safety weighs while there are fewer safe trials than wanted.
    private const double TooFewWeight = 5;

    private readonly Surrogate _surrogate;
    private readonly double _threshold;
    private readonly double _weight;

    private Constraint(Surrogate surrogate, double threshold, double weight) =>
        (_surrogate, _threshold, _weight) = (surrogate, threshold, weight);

    /// <summary>The logarithm of the probability that a point meets it, by its weight.</summary>
    public double LogProbability(ReadOnlySpan<double> features)
    {
        var (mean, deviation) = _surrogate.Predict(features);
        return _weight * Math.Log(Math.Max(1e-300, Normal.Cumulative((mean - _threshold) / deviation)));
    }

    /// <summary>A constraint a safety metric, and one of feasibility where some trial was infeasible.</summary>
    public static Constraint[] Fit(Problem problem, Evidence evidence, Features features, SeededRandom random)
    {
        var constraints = new List<Constraint>();
        for (var i = 0; i < problem.SafetyMetrics.Count; i++)
        {
            var metric = i;
            double[][] points =
            [
                .. evidence.Measured.Where(static point => point.Margins is not null).Select(static point => point.Features),
            ];
            double[] margins = [.. evidence.Measured.Select(point => point.Margins?[metric]).OfType<double>()];
            var share = margins.Length == 0 ? 1 : margins.Count(static margin => margin >= 0) / (double)margins.Length;
            var tooFew = problem.SafetyMetrics[i].Safety!.MinSafeFraction is { } wanted && share < wanted;
            constraints.Add(Fit(points, margins, tooFew ? TooFewWeight : 1, problem, features, random));
        }

        if (evidence.All.Any(static point => point.Values is null))
        {
            constraints.Add(
                Fit(
                    [.. evidence.All.Select(static point => point.Features)],
                    [.. evidence.All.Select(static point => point.Values is null ? -1.0 : 1.0)],
                    1,
                    problem,
                    features,
                    random
                )
            );
        }

        return [.. constraints];
    }

    private static Constraint Fit(
        double[][] points,
        double[] margins,
        double weight,
        Problem problem,
        Features features,
        SeededRandom random
    )
    {
        var mean = margins.DefaultIfEmpty().Average();
        var deviation = Math.Sqrt(margins.Select(margin => (margin - mean) * (margin - mean)).DefaultIfEmpty().Average());
        deviation = deviation > 0 ? deviation : 1;
        var surrogate = Surrogate.Fit(
            features,
            points,
            [.. margins.Select(margin => (margin - mean) / deviation)],
            problem.Noise,
            random,
            predecessor: null
        );
        return new Constraint(surrogate, -mean / deviation, weight);
    }
}
