using Cairn.Tracking.Runs.Jobs;
using Cairn.TuningJobs.Storage;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf.WellKnownTypes;
using static Google.Cloud.AIPlatform.V1.StudySpec.Types;

namespace Cairn.TuningJobs.Trials;

/// <summary>What a trial has reported of its study's metrics.</summary>
internal static class ReportedMetrics
{
    /// <summary>
    /// The row with further points. Taking points that were taken before, and then all that followed them, changes nothing.
    /// </summary>
    public static TuningTrialRow Add(StudySpec spec, TuningTrialRow row, IEnumerable<JobPoint> points)
    {
        var (last, best) = (row.Last.Clone(), row.Best);
        foreach (var point in points.Where(point => spec.Metrics.Any(metric => metric.MetricId == point.Name)))
        {
            Set(last, point.Name, point.Value);
            last.StepCount = point.Step;
            last.ElapsedDuration = Elapsed(row.Body, point.Time);
            if (
                point.Name == spec.Metrics[0].MetricId
                    ? IsBetter(spec.Metrics[0], point.Value, best)
                    : best.Metrics.Count > 0 && !Has(best, point.Name)
            )
            {
                best = last.Clone();
            }
        }

        return row with
        {
            Last = last,
            Best = best,
            Fresh = true,
        };
    }

    /// <summary>The points as intermediate measurements: what follows one another with the same step is one.</summary>
    public static List<Measurement> Measurements(StudySpec spec, Trial trial, IEnumerable<JobPoint> points)
    {
        var measurements = new List<Measurement>();
        foreach (var point in points.Where(point => spec.Metrics.Any(metric => metric.MetricId == point.Name)))
        {
            if (measurements is not [.., var last] || last.StepCount != point.Step || Has(last, point.Name))
            {
                measurements.Add(last = new Measurement { StepCount = point.Step });
            }

            Set(last, point.Name, point.Value);
            last.ElapsedDuration = Elapsed(trial, point.Time);
        }

        return measurements;
    }

    public static bool Has(Measurement measurement, string metric) => measurement.Metrics.Any(found => found.MetricId == metric);

    public static void Set(Measurement measurement, string metric, double value)
    {
        if (measurement.Metrics.FirstOrDefault(found => found.MetricId == metric) is { } known)
        {
            known.Value = value;
        }
        else
        {
            measurement.Metrics.Add(new Measurement.Types.Metric { MetricId = metric, Value = value });
        }
    }

    private static bool IsBetter(MetricSpec metric, double value, Measurement best) =>
        !double.IsNaN(value)
        && (
            best.Metrics.FirstOrDefault(found => found.MetricId == metric.MetricId) is not { } known
            || (metric.Goal == MetricSpec.Types.GoalType.Minimize ? value < known.Value : value > known.Value)
        );

    /// <summary>Since the trial was made. A clock of the task's own may be off, but time does not begin before the trial.</summary>
    private static Duration Elapsed(Trial trial, long micros)
    {
        var elapsed = micros - (((trial.StartTime?.Seconds ?? 0) * 1_000_000) + ((trial.StartTime?.Nanos ?? 0) / 1_000));
        return elapsed <= 0 ? new Duration() : new Duration { Seconds = elapsed / 1_000_000, Nanos = (int)(elapsed % 1_000_000) * 1_000 };
    }
}
