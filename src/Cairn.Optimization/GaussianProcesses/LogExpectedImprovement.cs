using Cairn.Optimization.Numerics;

namespace Cairn.Optimization.GaussianProcesses;

/// <summary>
/// The logarithm of the expected improvement, which has a gradient also where the improvement itself is as good as zero: Ament and others,
/// "Unexpected Improvements to Expected Improvement for Bayesian Optimization" (NeurIPS 2023), section 4.1.
/// </summary>
internal static class LogExpectedImprovement
{
    /// <summary>log(σ h(z)) with z = (μ − best)/σ and h(z) = φ(z) + z Φ(z).</summary>
    public static double At(double mean, double deviation, double best) => Math.Log(deviation) + LogH((mean - best) / deviation).Value;

    /// <summary>Also the derivatives by the mean and by the deviation.</summary>
    public static (double Value, double ByMean, double ByDeviation) WithSlopes(double mean, double deviation, double best)
    {
        var z = (mean - best) / deviation;
        var (value, slope) = LogH(z);
        return (Math.Log(deviation) + value, slope / deviation, (1 - (z * slope)) / deviation);
    }

    /// <summary>log h(z) and its derivative Φ(z)/h(z).</summary>
    private static (double Value, double Slope) LogH(double z)
    {
        if (z > -5)
        {
            var cumulative = Normal.Cumulative(z);
            var h = Normal.Density(z) + (z * cumulative);
            return (Math.Log(h), cumulative / h);
        }

        // The asymptotic series of Mills' ratio: h = φ/z² (1 − 3/z² + 15/z⁴ − 105/z⁶), Φ = φ/|z| (1 − 1/z² + 3/z⁴ − 15/z⁶).
        var s = 1 / (z * z);
        var forH = 1 - (3 * s) + (15 * s * s) - (105 * s * s * s);
        var forCumulative = 1 - s + (3 * s * s) - (15 * s * s * s);
        return (Normal.LogDensity(z) + Math.Log(s * forH), -z * forCumulative / forH);
    }
}
