using Cairn.Optimization.GaussianProcesses;

namespace Cairn.Optimization.Designers.GaussianProcessBandit;

/// <summary>The logarithm of the expected improvement over the best value so far.</summary>
internal sealed class ImprovementAcquisition(Surrogate surrogate, double best) : IAcquisition
{
    public bool HasGradient => true;

    public double Value(ReadOnlySpan<double> features)
    {
        var (mean, deviation) = surrogate.Predict(features);
        return LogExpectedImprovement.At(mean, deviation, best);
    }

    public double Value(ReadOnlySpan<double> features, Span<double> gradient)
    {
        Span<double> byDeviation = stackalloc double[features.Length];
        var (mean, deviation) = surrogate.Predict(features, gradient, byDeviation);
        var (value, ofMean, ofDeviation) = LogExpectedImprovement.WithSlopes(mean, deviation, best);
        for (var i = 0; i < gradient.Length; i++)
        {
            gradient[i] = (ofMean * gradient[i]) + (ofDeviation * byDeviation[i]);
        }

        return value;
    }
}
