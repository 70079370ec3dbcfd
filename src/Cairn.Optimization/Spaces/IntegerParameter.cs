namespace Cairn.Optimization.Spaces;

/// <summary>A range of whole numbers, both ends included.</summary>
public sealed class IntegerParameter : Parameter
{
    // Beyond this a double no longer tells neighbours apart.
    private const long Limit = 1L << 53;

    // Each value has a cell of its own width, so that the first and the last are as likely as the others.
    private readonly UnitScale _cells;
    private readonly bool _linear;

    /// <exception cref="ArgumentException">The range is empty or beyond ±2^53, not positive under a logarithmic scale, or the default lies
    /// outside.</exception>
    public IntegerParameter(string id, long min, long max, Scale scale = Scale.Linear, long? start = null)
        : base(id)
    {
        if (min < -Limit || max > Limit)
        {
            throw new ArgumentException(
                $"Parameter '{id}' ranges from {min} to {max}; whole numbers are exact only between -{Limit} and {Limit}."
            );
        }

        NumericRange.Check(id, min, max, scale, start);
        (Min, Max) = (min, max);
        _cells = new UnitScale(min - 0.5, max + 0.5, scale);
        _linear = scale == Scale.Linear;
        Centre = start ?? FromUnit(0.5);
    }

    public long Min { get; }

    public long Max { get; }

    public override long? Count => Max - Min + 1;

    public override ParameterValue Centre { get; }

    public override bool Contains(ParameterValue value) =>
        value.Text is null && value.Number >= Min && value.Number <= Max && Math.Floor(value.Number) == value.Number;

    public override double ToUnit(ParameterValue value) => _cells.ToUnit(Math.Clamp(value.Number, Min, Max));

    public override ParameterValue FromUnit(double unit) =>
        Math.Clamp(Math.Round(_cells.FromUnit(unit), MidpointRounding.AwayFromZero), Min, Max);

    public override ParameterValue FromQuantile(double quantile) =>
        _linear ? Math.Min(Max, Min + Math.Floor(quantile * (Max - Min + 1.0))) : FromUnit(quantile);

    public override ParameterValue AtGrid(long index, int resolution) => Min + index;
}
