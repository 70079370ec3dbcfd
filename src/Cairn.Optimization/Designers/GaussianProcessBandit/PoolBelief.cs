using Cairn.Optimization.GaussianProcesses;
using Cairn.Optimization.Numerics;

namespace Cairn.Optimization.Designers.GaussianProcessBandit;

/// <summary>
/// What a surrogate believes of a pool of points, kept true as one after the other becomes pending. A point that is taken is a row more of
/// the Cholesky factor, and of each other point only that row's element is new: the belief is that of <see cref="Surrogate.WithPending"/>,
/// for the length of the row instead of its square (the pivoted factorisation of Harbrecht, Peters and Schneider, "On the low-rank
/// approximation by the pivoted Cholesky decomposition", 2012).
/// </summary>
/// <param name="process">For covariances and noise.</param>
/// <param name="points">Their features.</param>
/// <param name="rows">For each, its row of the factor so far, with room for those to come.</param>
/// <param name="means">What is expected of each.</param>
/// <param name="variances">Of each.</param>
internal sealed class PoolBelief(GaussianProcess process, double[][] points, double[][] rows, double[] means, double[] variances)
{
    private int _length = process.Count;

    public double Mean(int index) => means[index];

    public double Deviation(int index) => Math.Sqrt(variances[index]);

    /// <summary>Takes a point as measured <paramref name="deviations"/> below what is expected of it.</summary>
    public void Take(int taken, double deviations)
    {
        var diagonal = Math.Sqrt(variances[taken] + process.PointNoise);
        var surprise = -deviations * Math.Sqrt(variances[taken]) / diagonal;
        var pivot = rows[taken].AsSpan(0, _length);
        for (var i = 0; i < points.Length; i++)
        {
            var element = (process.Covariance(points[i], points[taken]) - Vectors.Dot(pivot, rows[i])) / diagonal;
            rows[i][_length] = element;
            means[i] += element * surprise;
            variances[i] = Math.Max(variances[i] - (element * element), 1e-12 * process.Hyperparameters.Signal);
        }

        _length++;
    }
}
