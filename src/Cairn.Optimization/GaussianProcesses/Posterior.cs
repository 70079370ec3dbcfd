using Cairn.Optimization.Numerics;

namespace Cairn.Optimization.GaussianProcesses;

/// <summary>
/// The negative log posterior density of hyperparameters' logarithms given data, with its gradient: the marginal likelihood of Rasmussen
/// and Williams (2006), equations 2.30 and 5.9, and a <see cref="HyperparameterPrior"/>.
/// </summary>
internal sealed class Posterior
{
    private readonly HyperparameterPrior _prior;
    private readonly double[] _values;
    private readonly int _dimensions;

    // Squared differences of each pair (i > j), dimension by dimension: what does not change while hyperparameters do.
    private readonly double[] _squares;
    private readonly double[] _distances;
    private readonly double[] _slopes;

    public Posterior(Features features, double[][] points, double[] values, HyperparameterPrior prior)
    {
        (_values, _prior, _dimensions) = (values, prior, features.Count);
        var pairs = points.Length * (points.Length - 1) / 2;
        (_squares, _distances, _slopes) = (new double[pairs * _dimensions], new double[pairs], new double[pairs]);
        var pair = 0;
        Span<double> differences = new double[_dimensions];
        for (var i = 0; i < points.Length; i++)
        {
            for (var j = 0; j < i; j++, pair++)
            {
                features.Differences(points[i], points[j], differences);
                for (var d = 0; d < _dimensions; d++)
                {
                    _squares[(d * pairs) + pair] = differences[d] * differences[d];
                }
            }
        }
    }

    /// <param name="logs">Logarithms: signal, noise, lengths.</param>
    /// <param name="gradient">By the same.</param>
    public double Evaluate(ReadOnlySpan<double> logs, Span<double> gradient)
    {
        var n = _values.Length;
        var (signal, noise) = (Math.Exp(logs[0]), Math.Exp(logs[1]));
        Measure(logs);
        var kernel = new double[n * n];
        for (int i = 0, pair = 0; i < n; i++)
        {
            for (var j = 0; j < i; j++, pair++)
            {
                (var value, _slopes[pair]) = Matern.WithSlope(_distances[pair]);
                kernel[(i * n) + j] = signal * value;
            }

            kernel[(i * n) + i] = signal * (1 + 1e-10) + noise;
        }

        if (Cholesky.Factor(kernel, n) is not { } factor)
        {
            return double.PositiveInfinity;
        }

        var weights = _values.ToArray();
        factor.SolveLower(weights);
        var fit = Vectors.Dot(weights, weights);
        factor.SolveUpper(weights);
        Differentiate(logs, signal, noise, factor.InverseLower(), weights, gradient);
        return (0.5 * (fit + factor.LogDeterminant)) + Penalise(logs, gradient);
    }

    private void Measure(ReadOnlySpan<double> logs)
    {
        Array.Clear(_distances);
        for (var d = 0; d < _dimensions; d++)
        {
            Vectors.AddScaled(_distances, Math.Exp(-2 * logs[2 + d]), _squares.AsSpan(d * _distances.Length, _distances.Length));
        }
    }

    private void Differentiate(
        ReadOnlySpan<double> logs,
        double signal,
        double noise,
        double[] inverse,
        double[] weights,
        Span<double> gradient
    )
    {
        var n = _values.Length;
        // W = K⁻¹ − ααᵀ; each derivative is half the trace of W·∂K. For the signal, K without noise is ∂K: tr(W K) = n − yᵀα, less the
        // noise's part.
        var trace = 0.0;
        for (int i = 0, pair = 0; i < n; i++)
        {
            for (var j = 0; j < i; j++, pair++)
            {
                _slopes[pair] *= 2 * signal * (inverse[(i * n) + j] - (weights[i] * weights[j]));
            }

            trace += inverse[(i * n) + i] - (weights[i] * weights[i]);
        }

        gradient[0] = 0.5 * (n - Vectors.Dot(_values, weights) - (noise * trace));
        gradient[1] = 0.5 * noise * trace;
        for (var d = 0; d < _dimensions; d++)
        {
            gradient[2 + d] = -Math.Exp(-2 * logs[2 + d]) * Vectors.Dot(_slopes, _squares.AsSpan(d * _slopes.Length, _slopes.Length));
        }
    }

    private double Penalise(ReadOnlySpan<double> logs, Span<double> gradient)
    {
        var sum = 0.0;
        for (var i = 0; i < logs.Length; i++)
        {
            var z = (logs[i] - _prior.Means[i]) / _prior.Deviations[i];
            sum += 0.5 * z * z;
            gradient[i] += z / _prior.Deviations[i];
        }

        return sum;
    }
}
