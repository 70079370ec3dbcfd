namespace Cairn.Optimization.Spaces;

/// <summary>A list of texts with no order.</summary>
public sealed class CategoricalParameter : Parameter
{
    public const int MaxValues = 1_000;

    private readonly string[] values;
    private readonly Dictionary<string, int> indices = new(StringComparer.Ordinal);

    /// <exception cref="ArgumentException">No values, more than <see cref="MaxValues"/>, one twice, or a default that is none of them.</exception>
    public CategoricalParameter(string id, IReadOnlyList<string> values, string? start = null)
        : base(id)
    {
        if (values.Count is 0 or > MaxValues)
        {
            throw new ArgumentException($"Parameter '{id}' has {values.Count} categories; it must have 1 to {MaxValues}.");
        }

        this.values = [.. values];
        for (var i = 0; i < this.values.Length; i++)
        {
            if (!indices.TryAdd(this.values[i], i))
            {
                throw new ArgumentException($"Parameter '{id}' has the category '{this.values[i]}' twice.");
            }
        }

        if (start is not null && !indices.ContainsKey(start))
        {
            throw new ArgumentException($"Parameter '{id}' has the default '{start}', which is not one of its categories.");
        }

        Centre = start ?? this.values[0];
    }

    public IReadOnlyList<string> Values => values;

    public override bool IsCategorical => true;

    public override long? Count => values.Length;

    public override ParameterValue Centre { get; }

    public override bool Contains(ParameterValue value) => value.Text is { } text && indices.ContainsKey(text);

    public override double ToUnit(ParameterValue value) => value.Text is { } text && indices.TryGetValue(text, out var index) ? index : double.NaN;

    public override ParameterValue FromUnit(double unit) => values[Math.Clamp((int)Math.Round(unit), 0, values.Length - 1)];

    public override ParameterValue FromQuantile(double quantile) => values[Math.Min(values.Length - 1, (int)(quantile * values.Length))];

    public override ParameterValue AtGrid(long index, int resolution) => values[index];
}
