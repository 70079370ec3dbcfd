using System.Globalization;

namespace Cairn.Imports;

/// <summary>Numbers as Python writes them.</summary>
internal static class Numbers
{
    public static bool TryParse(string text, out double value)
    {
        (value, var known) = text.ToLowerInvariant() switch
        {
            "nan" => (double.NaN, true),
            "inf" or "infinity" or "+inf" => (double.PositiveInfinity, true),
            "-inf" or "-infinity" => (double.NegativeInfinity, true),
            _ => (0, false),
        };
        return known || double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value);
    }
}
