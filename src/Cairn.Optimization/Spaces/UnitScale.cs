namespace Cairn.Optimization.Spaces;

/// <summary>A range under a <see cref="Scale"/>, to the unit interval and back.</summary>
internal readonly record struct UnitScale(double Min, double Max, Scale Scale)
{
    /// <returns>Where a value lies, in [0, 1]; values outside the range give the nearer end. A range of one value is all at 0.5.</returns>
    public double ToUnit(double value)
    {
        if (Max <= Min)
        {
            return 0.5;
        }

        var v = Math.Clamp(value, Min, Max);
        var unit = Scale switch
        {
            Scale.Log => LogUnit(v),
            Scale.ReverseLog => 1 - LogUnit(Max - v + Min),
            // Halves first: the width of a range from near the least to near the greatest double is not finite.
            _ => ((v / 2) - (Min / 2)) / ((Max / 2) - (Min / 2)),
        };
        return Math.Clamp(unit, 0, 1);
    }

    public double FromUnit(double unit)
    {
        var u = Math.Clamp(unit, 0, 1);
        var value = Scale switch
        {
            // The ends exactly, whatever the rounding between them.
            _ when Max <= Min || u == 0 => Min,
            _ when u == 1 => Max,
            Scale.Log => LogValue(u),
            Scale.ReverseLog => Max - LogValue(1 - u) + Min,
            _ => (Min * (1 - u)) + (Max * u),
        };
        return Math.Clamp(value, Min, Max);
    }

    /// <summary>
    /// The ends' ratio; of 1e-160 and 1e160 it is more than the greatest double, and only logarithms tell how far they are apart.
    /// </summary>
    private double Ratio => Max / Min;

    private double LogUnit(double value) =>
        double.IsFinite(Ratio)
            ? Math.Log(value / Min) / Math.Log(Ratio)
            : (Math.Log(value) - Math.Log(Min)) / (Math.Log(Max) - Math.Log(Min));

    private double LogValue(double unit) =>
        double.IsFinite(Ratio) ? Min * Math.Pow(Ratio, unit) : Math.Exp((Math.Log(Min) * (1 - unit)) + (Math.Log(Max) * unit));
}
