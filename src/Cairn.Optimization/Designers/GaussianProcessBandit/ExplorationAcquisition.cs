namespace Cairn.Optimization.Designers.GaussianProcessBandit;

/// <summary>
/// Pure exploration for the rest of a batch: the deviation, where the optimum may still be, which is where the upper confidence bound
/// reaches the highest expected value. Contal and others, "Parallel Gaussian Process Optimization with Upper Confidence Bound and Pure
/// Exploration" (ECML 2013).
/// </summary>
internal sealed class ExplorationAcquisition(Surrogate belief, Surrogate withPending, double level) : IAcquisition
{
    private const double Confidence = 1.8;
    private const double Penalty = 10;

    public bool HasGradient => false;

    public double Value(ReadOnlySpan<double> features) => withPending.Predict(features).Deviation - Shortfall(features);

    /// <summary>What a point loses where the optimum cannot be; pending points do not change it.</summary>
    public double Shortfall(ReadOnlySpan<double> features)
    {
        var (mean, deviation) = belief.Predict(features);
        return Penalty * Math.Max(0, level - (mean + (Confidence * deviation)));
    }

    public double Value(ReadOnlySpan<double> features, Span<double> gradient) => throw new NotSupportedException();
}
