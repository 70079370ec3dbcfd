namespace Cairn.Optimization.Spaces;

/// <summary>A continuous range, both ends included.</summary>
public sealed class DoubleParameter : Parameter
{
    private readonly UnitScale _scale;

    /// <exception cref="ArgumentException">The ends are not finite, in the wrong order, or not positive under a logarithmic scale; or the
    /// default lies outside.</exception>
    public DoubleParameter(string id, double min, double max, Scale scale = Scale.Linear, double? start = null)
        : base(id)
    {
        NumericRange.Check(id, min, max, scale, start);
        _scale = new UnitScale(min, max, scale);
        Centre = start ?? _scale.FromUnit(0.5);
    }

    public double Min => _scale.Min;

    public double Max => _scale.Max;

    public override long? Count => Max > Min ? null : 1;

    public override ParameterValue Centre { get; }

    public override bool Contains(ParameterValue value) => value.Text is null && value.Number >= Min && value.Number <= Max;

    public override double ToUnit(ParameterValue value) => _scale.ToUnit(value.Number);

    public override ParameterValue FromUnit(double unit) => _scale.FromUnit(unit);

    public override ParameterValue FromQuantile(double quantile) => _scale.FromUnit(quantile);

    public override ParameterValue AtGrid(long index, int resolution) =>
        _scale.FromUnit(resolution == 1 ? 0.5 : index / (resolution - 1.0));
}
