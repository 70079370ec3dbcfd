using Cairn.Optimization.Numerics;

namespace Cairn.Optimization.Designers.GaussianProcessBandit;

/// <summary>
/// Upper confidence bounds of several objectives as one number: for random directions, how far the bound reaches past what was reached in
/// that direction. Averaged over directions this is the gain of dominated hypervolume: Zhang and Golovin, "Random Hypervolume
/// Scalarizations for Provable Multi-Objective Black Box Optimization" (ICML 2020), lemma 5.
/// </summary>
internal sealed class HypervolumeAcquisition : IAcquisition
{
    private const int Directions = 100;
    private const double Confidence = 1.8;

    private readonly Surrogate[] _surrogates;
    private readonly double[] _reference;
    private readonly double[][] _directions;
    private readonly double[] _reached;

    /// <param name="surrogates">One an objective.</param>
    /// <param name="values">Warped objectives of the measured points.</param>
    /// <param name="random">For the directions.</param>
    public HypervolumeAcquisition(Surrogate[] surrogates, IReadOnlyList<double[]> values, SeededRandom random)
    {
        _surrogates = surrogates;
        // A little below the worst of each objective on the front, as usual for the hypervolume indicator.
        var front = Pareto.Front(values).ConvertAll(i => values[i]);
        _reference =
        [
            .. Enumerable
                .Range(0, surrogates.Length)
                .Select(objective =>
                {
                    var (low, high) = (front.Min(value => value[objective]), front.Max(value => value[objective]));
                    return low - (0.1 * Math.Max(high - low, 0.1));
                }),
        ];
        _directions = [.. Enumerable.Range(0, Directions).Select(_ => Direction(surrogates.Length, random))];
        _reached = [.. _directions.Select(direction => values.Max(value => Scalarise(value, direction)))];
    }

    public bool HasGradient => false;

    public double Value(ReadOnlySpan<double> features)
    {
        Span<double> bounds = stackalloc double[_surrogates.Length];
        for (var i = 0; i < bounds.Length; i++)
        {
            var (mean, deviation) = _surrogates[i].Predict(features);
            bounds[i] = mean + (Confidence * deviation);
        }

        return Gain(bounds);
    }

    /// <summary>The same of a point of which this is believed.</summary>
    public double Value(IReadOnlyList<PoolBelief> beliefs, int index)
    {
        Span<double> bounds = stackalloc double[_surrogates.Length];
        for (var i = 0; i < bounds.Length; i++)
        {
            bounds[i] = beliefs[i].Mean(index) + (Confidence * beliefs[i].Deviation(index));
        }

        return Gain(bounds);
    }

    private double Gain(ReadOnlySpan<double> bounds)
    {
        var (gain, nearest) = (0.0, double.NegativeInfinity);
        for (var i = 0; i < _directions.Length; i++)
        {
            var further = Scalarise(bounds, _directions[i]) - _reached[i];
            gain += Math.Max(0, further);
            nearest = Math.Max(nearest, further);
        }

        // Where nothing is gained anywhere, nearer to a gain is better.
        return gain > 0 ? gain : nearest;
    }

    public double Value(ReadOnlySpan<double> features, Span<double> gradient) => throw new NotSupportedException();

    private static double[] Direction(int count, SeededRandom random)
    {
        var direction = new double[count];
        for (var i = 0; i < count; i++)
        {
            direction[i] = Math.Max(1e-3, Math.Abs(random.NextGaussian()));
        }

        var length = Math.Sqrt(Vectors.Dot(direction, direction));
        return [.. direction.Select(component => component / length)];
    }

    private double Scalarise(ReadOnlySpan<double> value, double[] direction)
    {
        var least = double.PositiveInfinity;
        for (var i = 0; i < value.Length; i++)
        {
            least = Math.Min(least, (value[i] - _reference[i]) / direction[i]);
        }

        return least;
    }
}
