namespace Cairn.Optimization.Numerics;

/// <summary>The standard normal distribution.</summary>
internal static class Normal
{
    private const double RootTwoPi = 2.5066282746310002;

    private static ReadOnlySpan<double> TailAbove =>
        [-7.784894002430293e-03, -3.223964580411365e-01, -2.400758277161838, -2.549732539343734, 4.374664141464968, 2.938163982698783];

    private static ReadOnlySpan<double> TailBelow =>
        [7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996, 3.754408661907416, 1];

    private static ReadOnlySpan<double> MiddleAbove =>
        [
            -3.969683028665376e+01,
            2.209460984245205e+02,
            -2.759285104469687e+02,
            1.383577518672690e+02,
            -3.066479806614716e+01,
            2.506628277459239,
        ];

    private static ReadOnlySpan<double> MiddleBelow =>
        [-5.447609879822406e+01, 1.615858368580409e+02, -1.556989798598866e+02, 6.680131188771972e+01, -1.328068155288572e+01, 1];

    public static double Density(double z) => Math.Exp(-0.5 * z * z) / RootTwoPi;

    public static double LogDensity(double z) => (-0.5 * z * z) - Math.Log(RootTwoPi);

    /// <summary>Φ(z), with a relative error below 1.2e-7 also far in the lower tail.</summary>
    public static double Cumulative(double z) => z > 0 ? 1 - (0.5 * Erfc(z / Math.Sqrt(2))) : 0.5 * Erfc(-z / Math.Sqrt(2));

    /// <summary>Φ⁻¹(p): P. J. Acklam's rational approximation (2003), relative error below 1.2e-9.</summary>
    public static double Quantile(double p)
    {
        if (p > 0.5)
        {
            return -Quantile(1 - p);
        }

        if (p < 0.02425)
        {
            var q = Math.Sqrt(-2 * Math.Log(p));
            return Polynomial(q, TailAbove) / Polynomial(q, TailBelow);
        }

        var c = p - 0.5;
        return c * Polynomial(c * c, MiddleAbove) / Polynomial(c * c, MiddleBelow);
    }

    private static double Polynomial(double x, ReadOnlySpan<double> coefficients)
    {
        var sum = 0.0;
        foreach (var coefficient in coefficients)
        {
            sum = (sum * x) + coefficient;
        }

        return sum;
    }

    // Press and others, "Numerical Recipes" (1992), section 6.2: a Chebyshev fit to erfc(x)·exp(x²) for x >= 0.
    private static double Erfc(double x)
    {
        var t = 1 / (1 + (0.5 * x));
        var polynomial =
            -1.26551223
            + (
                t
                * (
                    1.00002368
                    + (
                        t
                        * (
                            0.37409196
                            + (
                                t
                                * (
                                    0.09678418
                                    + (
                                        t
                                        * (
                                            -0.18628806
                                            + (
                                                t
                                                * (
                                                    0.27886807
                                                    + (t * (-1.13520398 + (t * (1.48851587 + (t * (-0.82215223 + (t * 0.17087277)))))))
                                                )
                                            )
                                        )
                                    )
                                )
                            )
                        )
                    )
                )
            );
        return t * Math.Exp((-x * x) + polynomial);
    }
}
