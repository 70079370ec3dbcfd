using Cairn.Optimization.Numerics;

namespace Cairn.Optimization.Designers.CmaEs;

/// <summary>
/// The normal distribution that the covariance matrix adaptation evolution strategy samples from and learns: Hansen, "The CMA Evolution Strategy: A Tutorial"
/// (arXiv:1604.00772, 2016), whose equation numbers stand beside the formulas and whose table 1 has the constants.
/// </summary>
internal sealed class Distribution
{
    private readonly int n;
    private readonly double[] weights;
    private readonly double muEffective;
    private readonly double stepRate;
    private readonly double stepDamping;
    private readonly double pathRate;
    private readonly double rankOneRate;
    private readonly double rankMuRate;
    private readonly double expectedLength;

    private readonly double[] covariance;
    private readonly double[] stepPath;
    private readonly double[] covariancePath;
    private double[] axes;
    private double[] lengths;
    private int generation;

    public Distribution(double[] mean, double step)
    {
        (Mean, Step, n) = (mean, step, mean.Length);
        Population = 4 + (int)(3 * Math.Log(n));
        var mu = Population / 2;
        var raw = Enumerable.Range(1, mu).Select(i => Math.Log((Population + 1) / 2.0) - Math.Log(i)).ToArray();
        weights = [.. raw.Select(weight => weight / raw.Sum())];
        muEffective = 1 / weights.Sum(static weight => weight * weight);
        stepRate = (muEffective + 2) / (n + muEffective + 5);
        stepDamping = 1 + (2 * Math.Max(0, Math.Sqrt((muEffective - 1) / (n + 1)) - 1)) + stepRate;
        pathRate = (4 + (muEffective / n)) / (n + 4 + (2 * muEffective / n));
        rankOneRate = 2 / (Math.Pow(n + 1.3, 2) + muEffective);
        rankMuRate = Math.Min(1 - rankOneRate, 2 * (muEffective - 2 + (1 / muEffective)) / (Math.Pow(n + 2, 2) + muEffective));
        expectedLength = Math.Sqrt(n) * (1 - (1.0 / (4 * n)) + (1.0 / (21.0 * n * n)));
        (covariance, stepPath, covariancePath) = (new double[n * n], new double[n], new double[n]);
        for (var i = 0; i < n; i++)
        {
            covariance[(i * n) + i] = 1;
        }

        (axes, lengths) = (covariance.ToArray(), Enumerable.Repeat(1.0, n).ToArray());
    }

    public double[] Mean { get; }

    public double Step { get; private set; }

    /// <summary>How many points make a generation.</summary>
    public int Population { get; }

    /// <summary>A point of N(m, σ² C), equation 5.</summary>
    public double[] Sample(SeededRandom random)
    {
        var scaled = lengths.Select(length => length * random.NextGaussian()).ToArray();
        var point = new double[n];
        for (var i = 0; i < n; i++)
        {
            point[i] = Mean[i] + (Step * Vectors.Dot(axes.AsSpan(i * n, n), scaled));
        }

        return point;
    }

    /// <summary>Learns from a generation, best first.</summary>
    public void Update(IReadOnlyList<double[]> ranked)
    {
        generation++;
        var steps = ranked.Take(weights.Length).Select(point => point.Select((x, i) => (x - Mean[i]) / Step).ToArray()).ToArray();
        var mean = new double[n];
        for (var i = 0; i < steps.Length; i++)
        {
            Vectors.AddScaled(mean, weights[i], steps[i]);
        }

        Vectors.AddScaled(Mean, Step, mean);
        // Equation 43: the path of steps, in the coordinates where the distribution is a sphere.
        var white = Whiten(mean);
        for (var i = 0; i < n; i++)
        {
            stepPath[i] = ((1 - stepRate) * stepPath[i]) + (Math.Sqrt(stepRate * (2 - stepRate) * muEffective) * white[i]);
        }

        var length = Math.Sqrt(Vectors.Dot(stepPath, stepPath));
        // Equations 45 to 47.
        var stalled = length / Math.Sqrt(1 - Math.Pow(1 - stepRate, 2 * generation)) >= (1.4 + (2.0 / (n + 1))) * expectedLength;
        var keep = stalled ? 0 : 1;
        for (var i = 0; i < n; i++)
        {
            covariancePath[i] = ((1 - pathRate) * covariancePath[i]) + (keep * Math.Sqrt(pathRate * (2 - pathRate) * muEffective) * mean[i]);
        }

        Adapt(steps, (1 - keep) * pathRate * (2 - pathRate));
        // Equation 44. The search space is the unit box: no step is wider.
        Step = Math.Clamp(Step * Math.Exp(Math.Min(1, stepRate / stepDamping * ((length / expectedLength) - 1))), 1e-8, 0.6);
        Decompose();
    }

    private void Adapt(double[][] steps, double correction)
    {
        var keep = 1 - rankOneRate - rankMuRate + (rankOneRate * correction);
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < n; j++)
            {
                var spread = 0.0;
                for (var k = 0; k < steps.Length; k++)
                {
                    spread += weights[k] * steps[k][i] * steps[k][j];
                }

                ref var c = ref covariance[(i * n) + j];
                c = (keep * c) + (rankOneRate * covariancePath[i] * covariancePath[j]) + (rankMuRate * spread);
            }
        }
    }

    private double[] Whiten(double[] vector)
    {
        var result = new double[n];
        for (var k = 0; k < n; k++)
        {
            var along = 0.0;
            for (var i = 0; i < n; i++)
            {
                along += axes[(i * n) + k] * vector[i];
            }

            along /= lengths[k];
            for (var i = 0; i < n; i++)
            {
                result[i] += axes[(i * n) + k] * along;
            }
        }

        return result;
    }

    private void Decompose()
    {
        var matrix = covariance.ToArray();
        axes = SymmetricEigen.Decompose(matrix, n);
        lengths = [.. Enumerable.Range(0, n).Select(i => Math.Sqrt(Math.Max(1e-20, matrix[(i * n) + i])))];
    }
}
