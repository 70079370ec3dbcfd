using Cairn.Kernel.Errors;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf.WellKnownTypes;

namespace Cairn.Tuning.Specs;

/// <summary>What a measurement must be before it is kept.</summary>
internal static class MeasurementChecks
{
    /// <summary>The longest duration that protocol buffers allow, in seconds: about 10,000 years.</summary>
    private const long MaxSeconds = 315_576_000_000;

    /// <param name="model">Whose metrics count.</param>
    /// <param name="measurement">The measurement.</param>
    /// <param name="field">How an error names it.</param>
    /// <param name="complete">Whether every objective must be in it.</param>
    /// <exception cref="StatusException">INVALID_ARGUMENT.</exception>
    public static void Require(StudyModel model, Measurement measurement, string field, bool complete)
    {
        if (measurement.StepCount < 0)
        {
            throw StatusException.InvalidArgument($"`{field}.step_count` is {measurement.StepCount}; it must not be negative.");
        }

        if (
            measurement.ElapsedDuration is { } elapsed
            && (elapsed.Seconds is < 0 or > MaxSeconds || elapsed.Nanos is < 0 or >= Duration.NanosecondsPerSecond)
        )
        {
            throw StatusException.InvalidArgument(
                $"`{field}.elapsed_duration` is {elapsed.Seconds} s and {elapsed.Nanos} ns; it must not be negative nor more than {MaxSeconds} s."
            );
        }

        if (measurement.Metrics.Count == 0)
        {
            throw StatusException.InvalidArgument($"`{field}.metrics` is empty; give at least one of the study's metrics.");
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var metric in measurement.Metrics)
        {
            if (!model.Spec.Metrics.Any(known => known.MetricId == metric.MetricId))
            {
                throw StatusException.InvalidArgument(
                    $"`{field}` has the metric '{metric.MetricId}', which the study does not have; its metrics are {string.Join(", ", model.Spec.Metrics.Select(static known => known.MetricId))}."
                );
            }

            if (!seen.Add(metric.MetricId))
            {
                throw StatusException.InvalidArgument($"`{field}` has the metric '{metric.MetricId}' twice.");
            }
        }

        if (complete && model.Spec.Metrics.FirstOrDefault(metric => !seen.Contains(metric.MetricId)) is { } missing)
        {
            throw StatusException.InvalidArgument(
                $"`{field}` lacks the metric '{missing.MetricId}'; a final measurement has all of the study's metrics. A trial that could not be measured is completed with `trial_infeasible`."
            );
        }
    }
}
