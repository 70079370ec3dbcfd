using Cairn.Optimization.Numerics;
using Cairn.Optimization.Spaces;

namespace Cairn.Optimization.Designers.Tpe;

/// <summary>
/// A density over points, as a mixture: one component around each observation, whose kernel is the product over all dimensions, and the
/// uniform distribution as a prior. Multivariate after Falkner, Klein and Hutter, "BOHB: Robust and Efficient Hyperparameter Optimization
/// at Scale" (ICML 2018), section 3.2.
/// </summary>
internal sealed class Parzen
{
    private readonly SearchSpace _space;
    private readonly IReadOnlyList<double[]> _observations;
    private readonly double[] _widths;
    private readonly double _switchProbability;

    public Parzen(SearchSpace space, IReadOnlyList<double[]> observations)
    {
        (_space, _observations) = (space, observations);
        _widths = [.. space.Dimensions.Select(Width)];
        _switchProbability = 1.0 / (observations.Count + 1);
    }

    public double[] Sample(SeededRandom random)
    {
        // From around an observation, never from the prior: far from everything, both densities are the prior alone, and their ratio means
        // nothing.
        var point = _space.Sample(random);
        var centre = _observations[random.Next(_observations.Count)];
        foreach (var dimension in _space.Dimensions)
        {
            var at = centre[dimension.Index];
            if (double.IsNaN(at))
            {
                continue;
            }

            if (!dimension.IsCategorical)
            {
                point[dimension.Index] = Reflect(at + (_widths[dimension.Index] * random.NextGaussian()));
            }
            else if (random.NextDouble() >= _switchProbability)
            {
                point[dimension.Index] = at;
            }
        }

        _space.Snap(point);
        return point;
    }

    public double LogDensity(double[] point)
    {
        // The prior's density is 1 in every dimension.
        var logs = new double[_observations.Count + 1];
        for (var i = 0; i < _observations.Count; i++)
        {
            foreach (var dimension in _space.Dimensions)
            {
                logs[i] += LogKernel(dimension, _observations[i][dimension.Index], point[dimension.Index]);
            }
        }

        var most = logs.Max();
        return most + Math.Log(logs.Sum(log => Math.Exp(log - most)) / logs.Length);
    }

    private static double Reflect(double u)
    {
        u = Math.Abs(u);
        return u > 1 ? Math.Clamp(2 - u, 0, 1) : u;
    }

    private double LogKernel(Dimension dimension, double centre, double at)
    {
        if (double.IsNaN(at) || double.IsNaN(centre))
        {
            return 0;
        }

        if (dimension.IsCategorical)
        {
            // Relative to the uniform distribution over the categories.
            var others = _switchProbability;
            var count = (double)dimension.Parameter.Count!.Value;
            return Math.Log(((centre == at ? 1 - others : 0) + (others / count)) * count);
        }

        var width = _widths[dimension.Index];
        var inside = Normal.Cumulative((1 - centre) / width) - Normal.Cumulative(-centre / width);
        return Normal.LogDensity((at - centre) / width) - Math.Log(width * inside);
    }

    /// <summary>
    /// Scott's rule for a tenth of the range, whatever the observations' own spread: a few that lie together by chance must not end the
    /// search. Never narrower than half the way to a neighbouring value.
    /// </summary>
    private double Width(Dimension dimension)
    {
        var cell = dimension.IsContinuous ? 0 : 0.5 / dimension.Parameter.Count!.Value;
        return Math.Max(cell, 0.1 * Math.Pow(Math.Max(1, _observations.Count), -1.0 / (_space.Dimensions.Count + 4)));
    }
}
