using Cairn.Optimization.Numerics;

namespace Cairn.Optimization.Designers.CmaEs;

/// <summary>
/// The normal distribution that the covariance matrix adaptation evolution strategy samples from and learns: Hansen, "The CMA Evolution
/// Strategy: A Tutorial" (arXiv:1604.00772, 2016), whose equation numbers stand beside the formulas and whose table 1 has the constants.
/// </summary>
internal sealed class Distribution
{
    private readonly int _n;
    private readonly double[] _weights;
    private readonly double _muEffective;
    private readonly double _stepRate;
    private readonly double _stepDamping;
    private readonly double _pathRate;
    private readonly double _rankOneRate;
    private readonly double _rankMuRate;
    private readonly double _expectedLength;

    private readonly double[] _covariance;
    private readonly double[] _stepPath;
    private readonly double[] _covariancePath;
    private double[] _axes;
    private double[] _lengths;
    private int _generation;

    public Distribution(double[] mean, double step)
    {
        (Mean, Step, _n) = (mean, step, mean.Length);
        Population = 4 + (int)(3 * Math.Log(_n));
        var mu = Population / 2;
        var raw = Enumerable.Range(1, mu).Select(i => Math.Log((Population + 1) / 2.0) - Math.Log(i)).ToArray();
        _weights = [.. raw.Select(weight => weight / raw.Sum())];
        _muEffective = 1 / _weights.Sum(static weight => weight * weight);
        _stepRate = (_muEffective + 2) / (_n + _muEffective + 5);
        _stepDamping = 1 + (2 * Math.Max(0, Math.Sqrt((_muEffective - 1) / (_n + 1)) - 1)) + _stepRate;
        _pathRate = (4 + (_muEffective / _n)) / (_n + 4 + (2 * _muEffective / _n));
        _rankOneRate = 2 / (Math.Pow(_n + 1.3, 2) + _muEffective);
        _rankMuRate = Math.Min(1 - _rankOneRate, 2 * (_muEffective - 2 + (1 / _muEffective)) / (Math.Pow(_n + 2, 2) + _muEffective));
        _expectedLength = Math.Sqrt(_n) * (1 - (1.0 / (4 * _n)) + (1.0 / (21.0 * _n * _n)));
        (_covariance, _stepPath, _covariancePath) = (new double[_n * _n], new double[_n], new double[_n]);
        for (var i = 0; i < _n; i++)
        {
            _covariance[(i * _n) + i] = 1;
        }

        (_axes, _lengths) = (_covariance.ToArray(), Enumerable.Repeat(1.0, _n).ToArray());
    }

    public double[] Mean { get; }

    public double Step { get; private set; }

    /// <summary>How many points make a generation.</summary>
    public int Population { get; }

    /// <summary>A point of N(m, σ² C), equation 5.</summary>
    public double[] Sample(SeededRandom random)
    {
        var scaled = _lengths.Select(length => length * random.NextGaussian()).ToArray();
        var point = new double[_n];
        for (var i = 0; i < _n; i++)
        {
            point[i] = Mean[i] + (Step * Vectors.Dot(_axes.AsSpan(i * _n, _n), scaled));
        }

        return point;
    }

    /// <summary>Learns from a generation, best first.</summary>
    public void Update(IReadOnlyList<double[]> ranked)
    {
        _generation++;
        var steps = ranked.Take(_weights.Length).Select(point => point.Select((x, i) => (x - Mean[i]) / Step).ToArray()).ToArray();
        var mean = new double[_n];
        for (var i = 0; i < steps.Length; i++)
        {
            Vectors.AddScaled(mean, _weights[i], steps[i]);
        }

        Vectors.AddScaled(Mean, Step, mean);
        // Equation 43: the path of steps, in the coordinates where the distribution is a sphere.
        var white = Whiten(mean);
        for (var i = 0; i < _n; i++)
        {
            _stepPath[i] = ((1 - _stepRate) * _stepPath[i]) + (Math.Sqrt(_stepRate * (2 - _stepRate) * _muEffective) * white[i]);
        }

        var length = Math.Sqrt(Vectors.Dot(_stepPath, _stepPath));
        // Equations 45 to 47.
        var stalled = length / Math.Sqrt(1 - Math.Pow(1 - _stepRate, 2 * _generation)) >= (1.4 + (2.0 / (_n + 1))) * _expectedLength;
        var keep = stalled ? 0 : 1;
        for (var i = 0; i < _n; i++)
        {
            _covariancePath[i] =
                ((1 - _pathRate) * _covariancePath[i]) + (keep * Math.Sqrt(_pathRate * (2 - _pathRate) * _muEffective) * mean[i]);
        }

        Adapt(steps, (1 - keep) * _pathRate * (2 - _pathRate));
        // Equation 44. The search space is the unit box: no step is wider.
        Step = Math.Clamp(Step * Math.Exp(Math.Min(1, _stepRate / _stepDamping * ((length / _expectedLength) - 1))), 1e-8, 0.6);
        Decompose();
    }

    private void Adapt(double[][] steps, double correction)
    {
        var keep = 1 - _rankOneRate - _rankMuRate + (_rankOneRate * correction);
        for (var i = 0; i < _n; i++)
        {
            for (var j = 0; j < _n; j++)
            {
                var spread = 0.0;
                for (var k = 0; k < steps.Length; k++)
                {
                    spread += _weights[k] * steps[k][i] * steps[k][j];
                }

                ref var c = ref _covariance[(i * _n) + j];
                c = (keep * c) + (_rankOneRate * _covariancePath[i] * _covariancePath[j]) + (_rankMuRate * spread);
            }
        }
    }

    private double[] Whiten(double[] vector)
    {
        var result = new double[_n];
        for (var k = 0; k < _n; k++)
        {
            var along = 0.0;
            for (var i = 0; i < _n; i++)
            {
                along += _axes[(i * _n) + k] * vector[i];
            }

            along /= _lengths[k];
            for (var i = 0; i < _n; i++)
            {
                result[i] += _axes[(i * _n) + k] * along;
            }
        }

        return result;
    }

    private void Decompose()
    {
        var matrix = _covariance.ToArray();
        _axes = SymmetricEigen.Decompose(matrix, _n);
        _lengths = [.. Enumerable.Range(0, _n).Select(i => Math.Sqrt(Math.Max(1e-20, matrix[(i * _n) + i])))];
    }
}
