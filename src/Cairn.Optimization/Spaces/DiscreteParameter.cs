using System.Globalization;

namespace Cairn.Optimization.Spaces;

/// <summary>A list of numbers whose order and distances mean something.</summary>
public sealed class DiscreteParameter : Parameter
{
    public const int MaxValues = 1_000;
    private const double Apart = 1e-10;

    private readonly double[] _values;
    private readonly double[] _units;

    /// <exception cref="ArgumentException">No values, more than <see cref="MaxValues"/>, not increasing by at least 1e-10, or not positive
    /// under a logarithmic scale.</exception>
    public DiscreteParameter(string id, IReadOnlyList<double> values, Scale scale = Scale.Linear, double? start = null)
        : base(id)
    {
        if (values.Count is 0 or > MaxValues)
        {
            throw new ArgumentException($"Parameter '{id}' has {values.Count} discrete values; it must have 1 to {MaxValues}.");
        }

        _values = [.. values];
        for (var i = 1; i < _values.Length; i++)
        {
            if (!(_values[i] - _values[i - 1] >= Apart))
            {
                throw new ArgumentException(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"Parameter '{id}' has the discrete value {_values[i]:R} after {_values[i - 1]:R}; values must increase and be at least 1e-10 apart."
                    )
                );
            }
        }

        NumericRange.Check(id, _values[0], _values[^1], scale, start);
        var range = new UnitScale(_values[0], _values[^1], scale);
        _units = [.. _values.Select(range.ToUnit)];
        Centre = start is { } value ? FromUnit(range.ToUnit(value)) : _values[_values.Length / 2];
    }

    public IReadOnlyList<double> Values => _values;

    public override long? Count => _values.Length;

    public override ParameterValue Centre { get; }

    public override bool Contains(ParameterValue value) =>
        value.Text is null && Math.Abs(_values[Nearest(_values, value.Number)] - value.Number) <= Apart;

    public override double ToUnit(ParameterValue value) => _units[Nearest(_values, value.Number)];

    public override ParameterValue FromUnit(double unit) => _values[Nearest(_units, unit)];

    public override ParameterValue FromQuantile(double quantile) => _values[Math.Min(_values.Length - 1, (int)(quantile * _values.Length))];

    public override ParameterValue AtGrid(long index, int resolution) => _values[index];

    private static int Nearest(double[] sorted, double wanted)
    {
        var at = Array.BinarySearch(sorted, wanted);
        if (at >= 0)
        {
            return at;
        }

        at = ~at;
        return at == 0 ? 0
            : at == sorted.Length || wanted - sorted[at - 1] <= sorted[at] - wanted ? at - 1
            : at;
    }
}
