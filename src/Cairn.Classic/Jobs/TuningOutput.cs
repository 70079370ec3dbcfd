using System.Globalization;
using Google.Cloud.AIPlatform.V1;
using Google.Cloud.ML.V1;
using ClassicMetric = Google.Cloud.ML.V1.HyperparameterOutput.Types.HyperparameterMetric;
using ClassicState = Google.Cloud.ML.V1.Job.Types.State;
using Value = Google.Protobuf.WellKnownTypes.Value;

namespace Cairn.Classic.Jobs;

/// <summary>What a tuning has come to so far: its trials, best first.</summary>
internal static class TuningOutput
{
    /// <param name="input">What was asked for.</param>
    /// <param name="tuning">The job that the trials belong to, or null where it is gone.</param>
    /// <param name="stopped">The ids of the trials that were stopped early.</param>
    public static TrainingOutput Of(TrainingInput input, HyperparameterTuningJob? tuning, IReadOnlySet<string> stopped)
    {
        var metric = TuningSpec.Metric(input.Hyperparameters);
        var output = new TrainingOutput { IsHyperparameterTuningJob = true, HyperparameterMetricTag = metric };
        var trials = (tuning?.Trials ?? []).Select(trial => Trial(trial, metric, stopped.Contains(trial.Id))).ToList();
        output.CompletedTrialCount = trials.Count(static trial => trial.State == ClassicState.Succeeded);
        var sign = input.Hyperparameters.Goal == HyperparameterSpec.Types.GoalType.Maximize ? -1 : 1;

        // Those without a result come last, in the order in which they began.
        output.Trials.AddRange(
            trials.OrderBy(static trial => trial.FinalMetric is null).ThenBy(trial => sign * trial.FinalMetric?.ObjectiveValue ?? 0)
        );
        return output;
    }

    private static HyperparameterOutput Trial(Trial trial, string metric, bool stopped)
    {
        var output = new HyperparameterOutput
        {
            TrialId = trial.Id,
            StartTime = trial.StartTime,
            EndTime = trial.EndTime,
            IsTrialStoppedEarly = stopped,
            FinalMetric = Measured(trial.FinalMeasurement, metric),
            State = trial.State switch
            {
                Google.Cloud.AIPlatform.V1.Trial.Types.State.Requested => ClassicState.Queued,
                Google.Cloud.AIPlatform.V1.Trial.Types.State.Active => ClassicState.Running,
                Google.Cloud.AIPlatform.V1.Trial.Types.State.Stopping => ClassicState.Cancelling,
                Google.Cloud.AIPlatform.V1.Trial.Types.State.Succeeded => ClassicState.Succeeded,
                Google.Cloud.AIPlatform.V1.Trial.Types.State.Infeasible => ClassicState.Failed,
                _ => ClassicState.Unspecified,
            },
        };
        foreach (var parameter in trial.Parameters)
        {
            output.Hyperparameters[parameter.ParameterId] =
                parameter.Value.KindCase == Value.KindOneofCase.StringValue
                    ? parameter.Value.StringValue
                    : parameter.Value.NumberValue.ToString("R", CultureInfo.InvariantCulture);
        }

        output.AllMetrics.AddRange(trial.Measurements.Select(measurement => Measured(measurement, metric)).OfType<ClassicMetric>());
        return output;
    }

    private static ClassicMetric? Measured(Measurement? measurement, string metric) =>
        measurement?.Metrics.FirstOrDefault(value => value.MetricId == metric) is { } found
            ? new ClassicMetric { TrainingStep = measurement.StepCount, ObjectiveValue = found.Value }
            : null;
}
