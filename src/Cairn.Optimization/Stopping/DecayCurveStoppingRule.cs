using System.Globalization;
using Cairn.Optimization.GaussianProcesses;
using Cairn.Optimization.Numerics;
using Cairn.Optimization.Spaces;
using Cairn.Optimization.Studies;

namespace Cairn.Optimization.Stopping;

/// <summary>
/// Stops a trial that will hardly reach the best value so far: a Gaussian process over the shapes of curves up to the trial's last
/// measurement predicts how much completed trials still gained from there, and so the trial's final value. Golovin and others, "Google
/// Vizier" (KDD 2017), section 3.2.1.
/// </summary>
/// <param name="ByElapsed">Whether curves run over elapsed time, not steps.</param>
/// <param name="MinCompleted">How many completed trials it takes, at least 2.</param>
/// <param name="Probability">Below this probability of reaching the best, a trial stops.</param>
public sealed class DecayCurveStoppingRule(bool ByElapsed = false, int MinCompleted = 5, double Probability = 0.05) : IStoppingRule
{
    private const int Samples = 4;
    private const int MaxCurves = 200;

    private static readonly SearchSpace Shape = new([
        .. Enumerable.Range(0, Samples).Select(static i => new DoubleParameter($"at{i}", 0, 1)),
    ]);

    public string Name => "decay-curve";

    public string? ShouldStop(Problem problem, Trial trial, IReadOnlyList<Trial> completed)
    {
        var curve = Curve.Of(problem, trial, ByElapsed);
        if (curve.Count < 2)
        {
            return null;
        }

        // Only what went on past this point tells how a trial goes on from here.
        var others = completed
            .Select(other => Curve.Of(problem, other, ByElapsed))
            .Where(other => other.Count > 1 && other.End > curve.End)
            .TakeLast(MaxCurves)
            .ToList();
        if (others.Count < Math.Max(2, MinCompleted))
        {
            return null;
        }

        var best = completed
            .Select(problem.ObjectivesOf)
            .OfType<double[]>()
            .Select(static values => values[0])
            .DefaultIfEmpty(double.NegativeInfinity)
            .Max();
        var (mean, deviation) = PredictFinal(curve, others);
        var chance =
            deviation > 0 ? 1 - Normal.Cumulative((best - mean) / deviation)
            : mean >= best ? 1
            : 0;
        var metric = problem.Objectives[0];
        return chance < Probability
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"{metric.Id} is expected to end at {metric.Oriented(mean):G6} ± {deviation:G3}, going by {others.Count} completed trials; the best is {metric.Oriented(best):G6}, and the probability of reaching it {chance:P1}."
            )
            : null;
    }

    private static (double Mean, double Deviation) PredictFinal(Curve curve, List<Curve> others)
    {
        var size = Math.Max(1e-300, others.Append(curve).SelectMany(other => Sample(other, curve.End)).Select(Math.Abs).Max());
        var shapes = others
            .Select(other => Sample(other, curve.End))
            .Append(Sample(curve, curve.End))
            .Select(shape => shape.Select(value => value / size).ToArray())
            .ToArray();
        Normalise(shapes);
        var gains = others.Select(other => (other.Last / size) - (other.At(curve.End) / size)).ToArray();
        var average = gains.Average();
        var spread = Math.Sqrt(gains.Select(gain => (gain - average) * (gain - average)).Average());
        if (spread <= 1e-12)
        {
            return (curve.Last + (average * size), 0);
        }

        var features = new Features(Shape);
        var values = gains.Select(gain => (gain - average) / spread).ToArray();
        var hyper = GaussianProcessFit.Find(features, shapes[..^1], values, Noise.High, new SeededRandom((ulong)others.Count));
        var process = new GaussianProcess(features, shapes[..^1], values, hyper);
        var (mean, variance) = process.Predict(shapes[^1]);
        return (curve.Last + (size * (average + (spread * mean))), size * spread * Math.Sqrt(variance + hyper.Noise));
    }

    private static double[] Sample(Curve curve, double end) => [.. Enumerable.Range(1, Samples).Select(i => curve.At(end * i / Samples))];

    /// <summary>All curves into the unit interval, by their common range.</summary>
    private static void Normalise(double[][] shapes)
    {
        var (low, high) = (shapes.Min(static shape => shape.Min()), shapes.Max(static shape => shape.Max()));
        foreach (var shape in shapes)
        {
            for (var i = 0; i < shape.Length; i++)
            {
                shape[i] = high > low ? (shape[i] - low) / (high - low) : 0.5;
            }
        }
    }
}
