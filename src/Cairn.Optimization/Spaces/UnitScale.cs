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
            Scale.Log => Math.Log(v / Min) / Math.Log(Max / Min),
            Scale.ReverseLog => 1 - (Math.Log((Max + Min - v) / Min) / Math.Log(Max / Min)),
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
            Scale.Log => Min * Math.Pow(Max / Min, u),
            Scale.ReverseLog => Max + Min - (Min * Math.Pow(Max / Min, 1 - u)),
            _ => (Min * (1 - u)) + (Max * u),
        };
        return Math.Clamp(value, Min, Max);
    }
}
