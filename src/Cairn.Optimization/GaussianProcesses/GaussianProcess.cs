using Cairn.Optimization.Numerics;

namespace Cairn.Optimization.GaussianProcesses;

/// <summary>
/// Gaussian process regression with an ARD <see cref="Matern"/> kernel and a mean of zero: Rasmussen and Williams (2006), algorithm 2.1.
/// Values are expected to be of unit size.
/// </summary>
internal sealed class GaussianProcess
{
    private readonly Features _features;
    private readonly Hyperparameters _hyper;
    private readonly double[][] _points;
    private readonly double[] _inverseSquares;
    private readonly Cholesky _factor;

    // L⁻¹·y, and K⁻¹·y when it is asked for.
    private readonly double[] _solved;
    private double[]? _weights;

    /// <param name="features">The kernel's distances.</param>
    /// <param name="points">Features of the training points.</param>
    /// <param name="values">Their values.</param>
    /// <param name="hyper">The hyperparameters.</param>
    /// <param name="extraNoise">Variances that are added to single points' noise; null for none.</param>
    public GaussianProcess(Features features, double[][] points, double[] values, Hyperparameters hyper, double[]? extraNoise = null)
    {
        (_features, _points, _hyper) = (features, points, hyper);
        _inverseSquares = [.. hyper.Lengths.Select(static length => 1 / (length * length))];
        _factor = Factor(extraNoise);
        _solved = [.. values];
        _factor.SolveLower(_solved);
    }

    private GaussianProcess(GaussianProcess smaller, double[] point, Cholesky factor, double solved)
    {
        (_features, _hyper, _inverseSquares) = (smaller._features, smaller._hyper, smaller._inverseSquares);
        _points = [.. smaller._points, point];
        _factor = factor;
        _solved = [.. smaller._solved, solved];
    }

    public Hyperparameters Hyperparameters => _hyper;

    public int Count => _points.Length;

    public (double Mean, double Variance) Predict(ReadOnlySpan<double> at)
    {
        Span<double> k = _points.Length <= 1024 ? stackalloc double[_points.Length] : new double[_points.Length];
        Covariances(at, k);
        _factor.SolveLower(k);
        return (Vectors.Dot(k, _solved), Variance(k));
    }

    /// <summary>
    /// The same with one more point, whose value is taken to be some deviations below what is expected of it. The hyperparameters stay, and
    /// so does what was factored.
    /// </summary>
    public GaussianProcess WithPessimistic(double[] point, double deviations)
    {
        var row = new double[_points.Length];
        Covariances(point, row);
        _factor.SolveLower(row);
        var variance = Variance(row);
        var diagonal = Math.Sqrt(variance + PointNoise);
        return new GaussianProcess(this, point, _factor.With(row, diagonal), -deviations * Math.Sqrt(variance) / diagonal);
    }

    /// <summary>The noise of one point, with what keeps repeated points from making the matrix singular.</summary>
    public double PointNoise => _hyper.Noise + (1e-8 * _hyper.Signal);

    /// <summary>The prior's covariance of two points.</summary>
    public double Covariance(double[] left, double[] right) => _hyper.Signal * Matern.At(Squared(left, right));

    /// <summary>
    /// For each of many points, L⁻¹ times its covariances with the training points, in arrays with room for more; and what is believed of
    /// it.
    /// </summary>
    public (double[][] Rows, double[] Means, double[] Variances) PredictMany(double[][] many, int room)
    {
        double[][] rows =
        [
            .. many.Select(at =>
            {
                var row = new double[_points.Length + room];
                Covariances(at, row);
                return row;
            }),
        ];
        _factor.SolveLower(rows);
        return (rows, [.. rows.Select(row => Vectors.Dot(_solved, row))], [.. rows.Select(row => Variance(row.AsSpan(0, _points.Length)))]);
    }

    /// <summary>The mean alone, which costs far less.</summary>
    public double Mean(ReadOnlySpan<double> at)
    {
        var mean = 0.0;
        var weights = Weights();
        for (var i = 0; i < _points.Length; i++)
        {
            mean += weights[i] * _hyper.Signal * Matern.At(Squared(_points[i], at));
        }

        return mean;
    }

    /// <summary>Also the gradients by the features (0 for categories).</summary>
    public (double Mean, double Variance) Predict(ReadOnlySpan<double> at, Span<double> meanGradient, Span<double> varianceGradient)
    {
        var n = _points.Length;
        Span<double> k = n <= 1024 ? stackalloc double[n] : new double[n];
        Span<double> slopes = n <= 1024 ? stackalloc double[n] : new double[n];
        for (var i = 0; i < n; i++)
        {
            var (value, slope) = Matern.WithSlope(Squared(_points[i], at));
            (k[i], slopes[i]) = (_hyper.Signal * value, _hyper.Signal * slope);
        }

        var weights = Weights();
        var mean = Vectors.Dot(k, weights);
        _factor.SolveLower(k);
        var variance = _hyper.Signal - Vectors.Dot(k, k);
        _factor.SolveUpper(k);
        meanGradient.Clear();
        varianceGradient.Clear();
        for (var i = 0; i < n; i++)
        {
            var (forMean, forVariance) = (2 * slopes[i] * weights[i], -4 * slopes[i] * k[i]);
            for (var d = 0; d < at.Length; d++)
            {
                if (!_features.IsCategorical(d))
                {
                    var difference = (at[d] - _points[i][d]) * _inverseSquares[d];
                    meanGradient[d] += forMean * difference;
                    varianceGradient[d] += forVariance * difference;
                }
            }
        }

        return (mean, Math.Max(variance, 1e-12 * _hyper.Signal));
    }

    private double Variance(ReadOnlySpan<double> row) => Math.Max(_hyper.Signal - Vectors.Dot(row, row), 1e-12 * _hyper.Signal);

    private void Covariances(ReadOnlySpan<double> at, Span<double> k)
    {
        for (var i = 0; i < _points.Length; i++)
        {
            k[i] = _hyper.Signal * Matern.At(Squared(_points[i], at));
        }
    }

    private double[] Weights()
    {
        if (_weights is null)
        {
            _weights = [.. _solved];
            _factor.SolveUpper(_weights);
        }

        return _weights;
    }

    private double Squared(double[] point, ReadOnlySpan<double> at)
    {
        var sum = 0.0;
        for (var d = 0; d < point.Length; d++)
        {
            var difference = point[d] - at[d];
            sum += _features.IsCategorical(d) ? (difference == 0 ? 0 : _inverseSquares[d]) : difference * difference * _inverseSquares[d];
        }

        return sum;
    }

    private Cholesky Factor(double[]? extraNoise)
    {
        var n = _points.Length;
        var kernel = new double[n * n];
        // Points that are almost the same make the matrix almost singular: a little more noise each time until it can be factored.
        for (var jitter = 1e-10; ; jitter *= 100)
        {
            for (var i = 0; i < n; i++)
            {
                for (var j = 0; j < i; j++)
                {
                    kernel[(i * n) + j] = _hyper.Signal * Matern.At(Squared(_points[i], _points[j]));
                }

                kernel[(i * n) + i] = _hyper.Signal + _hyper.Noise + (extraNoise?[i] ?? 0) + (jitter * _hyper.Signal);
            }

            if (Cholesky.Factor(kernel, n) is { } done)
            {
                return done;
            }
        }
    }
}
