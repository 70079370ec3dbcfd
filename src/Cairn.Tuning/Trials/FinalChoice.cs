using Cairn.Tuning.Specs;
using Google.Cloud.AIPlatform.V1;
using static Google.Cloud.AIPlatform.V1.StudySpec.Types;

namespace Cairn.Tuning.Trials;

/// <summary>Which of a trial's measurements becomes its final one where the client gives none.</summary>
internal static class FinalChoice
{
    /// <returns>The last, or the best by the first objective where the study says so; of those that have all metrics. Null where none
    /// has.</returns>
    public static Measurement? Choose(StudyModel model, IReadOnlyList<Measurement> measurements)
    {
        var complete = measurements
            .Where(measurement => model.Spec.Metrics.All(metric => measurement.Metrics.Any(found => found.MetricId == metric.MetricId)))
            .ToList();
        if (complete.Count == 0 || model.Spec.MeasurementSelectionType != MeasurementSelectionType.BestMeasurement)
        {
            return complete.LastOrDefault();
        }

        var objective = model.Problem.Objectives[0];
        return complete.MaxBy(measurement =>
        {
            var value = TrialTranslation.Oriented(objective, measurement.Metrics.First(metric => metric.MetricId == objective.Id).Value);
            return double.IsNaN(value) ? double.NegativeInfinity : value;
        });
    }
}
