using Cairn.Optimization.Spaces;

namespace Cairn.Optimization.Designers.GaussianProcessBandit;

/// <summary>
/// Keeps early suggestions near what was measured: in many dimensions almost all of the space is corners, of which a Gaussian process knows
/// nothing. The region is a box of a radius around each measured point, which grows with their number until it is all of the space (Song
/// and others 2024, section 4.2).
/// </summary>
internal sealed class TrustRegion
{
    private const double FirstRadius = 0.2;
    private const double LastRadius = 0.5;

    private readonly int[] _dimensions;
    private readonly double[][] _centres;
    private readonly double _radius;

    /// <param name="space">Whose numeric dimensions count.</param>
    /// <param name="centres">Features of the measured points.</param>
    public TrustRegion(SearchSpace space, double[][] centres)
    {
        _dimensions = [.. space.Dimensions.Where(static dimension => !dimension.IsCategorical).Select(static dimension => dimension.Index)];
        _centres = centres;
        var grown = centres.Length / (5.0 * (_dimensions.Length + 1));
        _radius = FirstRadius + ((LastRadius - FirstRadius) * grown);
        IsEverything = _radius >= LastRadius || _dimensions.Length == 0 || centres.Length == 0;
    }

    public bool IsEverything { get; }

    /// <summary>How far outside a point is; 0 inside.</summary>
    public double Outside(ReadOnlySpan<double> features)
    {
        if (IsEverything)
        {
            return 0;
        }

        var least = double.PositiveInfinity;
        foreach (var centre in _centres)
        {
            var most = 0.0;
            foreach (var index in _dimensions)
            {
                most = Math.Max(most, Math.Abs(centre[index] - features[index]));
            }

            least = Math.Min(least, most);
        }

        return Math.Max(0, least - _radius);
    }
}
