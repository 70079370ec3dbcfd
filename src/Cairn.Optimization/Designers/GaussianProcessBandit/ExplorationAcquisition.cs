namespace Cairn.Optimization.Designers.GaussianProcessBandit;

/// <summary>
/// Pure exploration for the rest of a batch: the deviation, where the optimum may still be, which is where the upper confidence bound reaches the highest expected value.
/// Contal and others, "Parallel Gaussian Process Optimization with Upper Confidence Bound and Pure Exploration" (ECML 2013).
/// </summary>
internal sealed class ExplorationAcquisition(Surrogate belief, Surrogate withPending, double level) : IAcquisition
{
    private const double Confidence = 1.8;
    private const double Penalty = 10;

    public bool HasGradient => false;

    public double Value(ReadOnlySpan<double> features)
    {
        var (mean, deviation) = belief.Predict(features);
        var shortfall = level - (mean + (Confidence * deviation));
        return withPending.Predict(features).Deviation - (Penalty * Math.Max(0, shortfall));
    }

    public double Value(ReadOnlySpan<double> features, Span<double> gradient) => throw new NotSupportedException();
}
