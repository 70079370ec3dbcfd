using System.Globalization;
using Cairn.Kernel.Errors;
using Cairn.Optimization.Spaces;
using Cairn.Optimization.Studies;
using Google.Protobuf.WellKnownTypes;
using ApiMeasurement = Google.Cloud.AIPlatform.V1.Measurement;
using ApiTrial = Google.Cloud.AIPlatform.V1.Trial;
using Trial = Cairn.Optimization.Studies.Trial;

namespace Cairn.Tuning.Specs;

/// <summary>Trials between the API and the optimisers.</summary>
internal static class TrialTranslation
{
    public static Trial ToTrial(ApiTrial trial, IEnumerable<ApiMeasurement>? measurements = null) =>
        new(
            long.Parse(trial.Id, CultureInfo.InvariantCulture),
            ToAssignment(trial.Parameters),
            trial.State switch
            {
                ApiTrial.Types.State.Succeeded => TrialState.Completed,
                ApiTrial.Types.State.Infeasible => TrialState.Infeasible,
                _ => TrialState.Active,
            }
        )
        {
            Final = trial.FinalMeasurement is { } final ? ToMeasurement(final) : null,
            Measurements = measurements is null ? [] : [.. measurements.Select(ToMeasurement)],
        };

    /// <exception cref="StatusException">INVALID_ARGUMENT for a parameter twice, or a value that is neither a number nor a
    /// string.</exception>
    public static Dictionary<string, ParameterValue> ToAssignment(IEnumerable<ApiTrial.Types.Parameter> parameters)
    {
        var assignment = new Dictionary<string, ParameterValue>(StringComparer.Ordinal);
        foreach (var parameter in parameters)
        {
            var value = parameter.Value?.KindCase switch
            {
                Value.KindOneofCase.NumberValue => (ParameterValue)parameter.Value.NumberValue,
                Value.KindOneofCase.StringValue => parameter.Value.StringValue,
                _ => throw StatusException.InvalidArgument(
                    $"Parameter '{parameter.ParameterId}' has no number or string for a value; numeric parameters take a number, categorical ones a string."
                ),
            };
            if (!assignment.TryAdd(parameter.ParameterId, value))
            {
                throw StatusException.InvalidArgument($"Parameter '{parameter.ParameterId}' is given twice.");
            }
        }

        return assignment;
    }

    public static IEnumerable<ApiTrial.Types.Parameter> ToParameters(IReadOnlyDictionary<string, ParameterValue> assignment) =>
        assignment.Select(static pair => new ApiTrial.Types.Parameter
        {
            ParameterId = pair.Key,
            Value = pair.Value.Text is { } text ? Value.ForString(text) : Value.ForNumber(pair.Value.Number),
        });

    /// <summary>The one objective of a trial in which more is better; null for what is not succeeded, not finite, or unsafe.</summary>
    public static double? Objective(StudyModel model, ApiTrial trial)
    {
        if (!model.HasOneObjective || trial.State != ApiTrial.Types.State.Succeeded || !IsSafe(model, trial.FinalMeasurement))
        {
            return null;
        }

        var metric = model.Problem.Objectives[0];
        var value = trial.FinalMeasurement.Metrics.FirstOrDefault(candidate => candidate.MetricId == metric.Id)?.Value;
        return value is { } number && double.IsFinite(number) ? Oriented(metric, number) : null;
    }

    /// <summary>Whether a measurement keeps every safety bound; one that lacks a safety metric does not.</summary>
    public static bool IsSafe(StudyModel model, ApiMeasurement measurement) =>
        model.Problem.SafetyMetrics.All(metric =>
            measurement.Metrics.FirstOrDefault(candidate => candidate.MetricId == metric.Id) is { } found
            && Oriented(metric, found.Value) >= Oriented(metric, metric.Safety!.Threshold)
        );

    /// <summary>A value turned so that more is better.</summary>
    public static double Oriented(Metric metric, double value) => metric.Goal == Goal.Maximize ? value : -value;

    private static Measurement ToMeasurement(ApiMeasurement measurement)
    {
        var values = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var metric in measurement.Metrics)
        {
            values[metric.MetricId] = metric.Value;
        }

        return new Measurement(measurement.StepCount, measurement.ElapsedDuration?.ToTimeSpan() ?? TimeSpan.Zero, values);
    }
}
