using Cairn.Optimization.Spaces;

namespace Cairn.Optimization.GaussianProcesses;

/// <summary>
/// What the kernel sees of a point, and how far two are apart in one dimension: numbers by their difference, categories by being the same
/// or not. A parameter that does not exist counts as a middling number, or as a category of its own: two points without it are alike in it.
/// </summary>
internal sealed class Features(SearchSpace space)
{
    private const double AbsentCategory = -1;

    private readonly bool[] _categorical = [.. space.Dimensions.Select(static dimension => dimension.IsCategorical)];

    public int Count => _categorical.Length;

    public bool IsCategorical(int dimension) => _categorical[dimension];

    public double[] Of(ReadOnlySpan<double> point)
    {
        var features = point.ToArray();
        for (var i = 0; i < features.Length; i++)
        {
            if (double.IsNaN(features[i]))
            {
                features[i] = _categorical[i] ? AbsentCategory : 0.5;
            }
        }

        return features;
    }

    /// <summary>Differences by dimension, whose squares the kernel weighs by length scales.</summary>
    public void Differences(ReadOnlySpan<double> left, ReadOnlySpan<double> right, Span<double> differences)
    {
        for (var i = 0; i < _categorical.Length; i++)
        {
            var difference = left[i] - right[i];
            differences[i] = _categorical[i] ? (difference == 0 ? 0 : 1) : difference;
        }
    }
}
