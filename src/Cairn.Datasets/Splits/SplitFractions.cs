using System.Globalization;
using Cairn.Kernel.Errors;

namespace Cairn.Datasets.Splits;

/// <summary>How much of the data each set gets; the three sum to 1.</summary>
public readonly record struct SplitFractions(double Training, double Validation, double Test)
{
    private const double Tolerance = 1e-6;

    /// <summary>What Vertex does where nothing is said.</summary>
    public static SplitFractions Default { get; } = new(0.8, 0.1, 0.1);

    /// <summary>
    /// Completes what a caller gave: nothing means <see cref="Default"/>; what is missing to 1 goes to the sets that were not given, in the
    /// proportion of the default, and to training where all were.
    /// </summary>
    /// <exception cref="StatusException">INVALID_ARGUMENT naming <paramref name="field"/>.</exception>
    public static SplitFractions From(double training, double validation, double test, string field)
    {
        foreach (
            var (value, name) in (ReadOnlySpan<(double, string)>)
                [(training, "training_fraction"), (validation, "validation_fraction"), (test, "test_fraction")]
        )
        {
            if (!(value >= 0 && value <= 1))
            {
                throw StatusException.InvalidArgument(
                    string.Create(CultureInfo.InvariantCulture, $"`{field}.{name}` is {value}; it must be from 0 to 1.")
                );
            }
        }

        var sum = training + validation + test;
        if (sum > 1 + Tolerance)
        {
            throw StatusException.InvalidArgument(
                string.Create(CultureInfo.InvariantCulture, $"`{field}` sums to {sum:0.######}; its fractions must sum to at most 1.")
            );
        }

        var missing = Math.Max(0, 1 - sum);
        if (missing <= Tolerance)
        {
            return new SplitFractions(training, validation, 1 - training - validation);
        }

        var (a, b, c) = (Share(training, Default.Training), Share(validation, Default.Validation), Share(test, Default.Test));
        var shares = a + b + c;
        return shares == 0
            ? new SplitFractions(training + missing, validation, test)
            : new SplitFractions(training + (missing * a / shares), validation + (missing * b / shares), test + (missing * c / shares));
    }

    private static double Share(double given, double standard) => given == 0 ? standard : 0;
}
