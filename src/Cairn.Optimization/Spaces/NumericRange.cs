using System.Globalization;

namespace Cairn.Optimization.Spaces;

/// <summary>What every numeric parameter must satisfy.</summary>
internal static class NumericRange
{
    public static void Check(string id, double min, double max, Scale scale, double? start)
    {
        if (!double.IsFinite(min) || !double.IsFinite(max))
        {
            throw new ArgumentException(
                string.Create(CultureInfo.InvariantCulture, $"Parameter '{id}' ranges from {min:R} to {max:R}; both ends must be finite.")
            );
        }

        if (min > max)
        {
            throw new ArgumentException(
                string.Create(CultureInfo.InvariantCulture, $"Parameter '{id}' has the minimum {min:R} above its maximum {max:R}.")
            );
        }

        if (scale != Scale.Linear && min <= 0)
        {
            throw new ArgumentException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Parameter '{id}' has a logarithmic scale and the minimum {min:R}; the whole range must be positive."
                )
            );
        }

        if (start is { } value && !(value >= min && value <= max))
        {
            throw new ArgumentException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Parameter '{id}' has the default {value:R}, which lies outside {min:R} to {max:R}."
                )
            );
        }
    }
}
