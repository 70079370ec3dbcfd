namespace Cairn.Optimization.GaussianProcesses;

/// <summary>
/// The Matérn kernel of smoothness 5/2, k(r) = (1 + √5 r + 5/3 r²) exp(−√5 r): Rasmussen and Williams, "Gaussian Processes for Machine
/// Learning" (2006), equation 4.17.
/// </summary>
internal static class Matern
{
    private static readonly double Root5 = Math.Sqrt(5);

    /// <summary>k at a squared distance.</summary>
    public static double At(double squared)
    {
        var r = Root5 * Math.Sqrt(squared);
        return (1 + r + (5.0 / 3 * squared)) * Math.Exp(-r);
    }

    /// <summary>k, and its derivative by the squared distance, −5/6 (1 + √5 r) exp(−√5 r).</summary>
    public static (double Value, double Slope) WithSlope(double squared)
    {
        var r = Root5 * Math.Sqrt(squared);
        var decay = Math.Exp(-r);
        return ((1 + r + (5.0 / 3 * squared)) * decay, -5.0 / 6 * (1 + r) * decay);
    }
}
