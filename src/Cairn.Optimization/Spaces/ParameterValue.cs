using System.Globalization;

namespace Cairn.Optimization.Spaces;

/// <summary>A number (double, integer and discrete parameters) or a category's text.</summary>
public readonly record struct ParameterValue
{
    private ParameterValue(string? text, double number) => (Text, Number) = (text, number);

    /// <summary>The category; null for a number.</summary>
    public string? Text { get; }

    /// <summary>The number; 0 for a category.</summary>
    public double Number { get; }

    public static implicit operator ParameterValue(double number) => new(null, number);

    public static implicit operator ParameterValue(string text) => new(text ?? throw new ArgumentNullException(nameof(text)), 0);

    public override string ToString() => Text ?? Number.ToString("R", CultureInfo.InvariantCulture);
}
