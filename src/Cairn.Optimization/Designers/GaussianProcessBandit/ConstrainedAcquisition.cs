namespace Cairn.Optimization.Designers.GaussianProcessBandit;

/// <summary>
/// Another acquisition, less the unlikelihood of meeting constraints: the weighted improvement of Gardner and others, "Bayesian
/// Optimization with Inequality Constraints" (ICML 2014), whose logarithm is a sum.
/// </summary>
internal sealed class ConstrainedAcquisition(IAcquisition inner, IReadOnlyList<Constraint> constraints) : IAcquisition
{
    public bool HasGradient => false;

    public double Value(ReadOnlySpan<double> features)
    {
        var value = inner.Value(features);
        foreach (var constraint in constraints)
        {
            value += constraint.LogProbability(features);
        }

        return value;
    }

    public double Value(ReadOnlySpan<double> features, Span<double> gradient) => throw new NotSupportedException();
}
