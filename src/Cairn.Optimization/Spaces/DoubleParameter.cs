namespace Cairn.Optimization.Spaces;

/// <summary>A continuous range, both ends included.</summary>
public sealed class DoubleParameter : Parameter
{
    private readonly UnitScale scale;

    /// <exception cref="ArgumentException">The ends are not finite, in the wrong order, or not positive under a logarithmic scale; or the default lies outside.</exception>
    public DoubleParameter(string id, double min, double max, Scale scale = Scale.Linear, double? start = null)
        : base(id)
    {
        NumericRange.Check(id, min, max, scale, start);
        this.scale = new UnitScale(min, max, scale);
        Centre = start ?? this.scale.FromUnit(0.5);
    }

    public double Min => scale.Min;

    public double Max => scale.Max;

    public override long? Count => Max > Min ? null : 1;

    public override ParameterValue Centre { get; }

    public override bool Contains(ParameterValue value) => value.Text is null && value.Number >= Min && value.Number <= Max;

    public override double ToUnit(ParameterValue value) => scale.ToUnit(value.Number);

    public override ParameterValue FromUnit(double unit) => scale.FromUnit(unit);

    public override ParameterValue FromQuantile(double quantile) => scale.FromUnit(quantile);

    public override ParameterValue AtGrid(long index, int resolution) => scale.FromUnit(resolution == 1 ? 0.5 : index / (resolution - 1.0));
}
