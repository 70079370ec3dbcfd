namespace Cairn.Optimization.Spaces;

/// <summary>A list of texts with no order.</summary>
public sealed class CategoricalParameter : Parameter
{
    public const int MaxValues = 1_000;

    private readonly string[] _values;
    private readonly Dictionary<string, int> _indices = new(StringComparer.Ordinal);

    /// <exception cref="ArgumentException">No values, more than <see cref="MaxValues"/>, one twice, or a default that is none of
    /// them.</exception>
    public CategoricalParameter(string id, IReadOnlyList<string> values, string? start = null)
        : base(id)
    {
        if (values.Count is 0 or > MaxValues)
        {
            throw new ArgumentException($"Parameter '{id}' has {values.Count} categories; it must have 1 to {MaxValues}.");
        }

        _values = [.. values];
        for (var i = 0; i < _values.Length; i++)
        {
            if (!_indices.TryAdd(_values[i], i))
            {
                throw new ArgumentException($"Parameter '{id}' has the category '{_values[i]}' twice.");
            }
        }

        if (start is not null && !_indices.ContainsKey(start))
        {
            throw new ArgumentException($"Parameter '{id}' has the default '{start}', which is not one of its categories.");
        }

        Centre = start ?? _values[0];
    }

    public IReadOnlyList<string> Values => _values;

    public override bool IsCategorical => true;

    public override long? Count => _values.Length;

    public override ParameterValue Centre { get; }

    public override bool Contains(ParameterValue value) => value.Text is { } text && _indices.ContainsKey(text);

    public override double ToUnit(ParameterValue value) =>
        value.Text is { } text && _indices.TryGetValue(text, out var index) ? index : double.NaN;

    public override ParameterValue FromUnit(double unit) => _values[Math.Clamp((int)Math.Round(unit), 0, _values.Length - 1)];

    public override ParameterValue FromQuantile(double quantile) => _values[Math.Min(_values.Length - 1, (int)(quantile * _values.Length))];

    public override ParameterValue AtGrid(long index, int resolution) => _values[index];
}
