using Cairn.Kernel.Errors;
using Cairn.Kernel.Store;
using Cairn.Tuning.Specs;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Tuning.Trials;

/// <summary>A trial that a user brings: measured elsewhere, or to be measured by whoever asks next.</summary>
internal static class UserTrial
{
    private const int MaxReason = 4_096;

    /// <exception cref="StatusException">INVALID_ARGUMENT.</exception>
    public static Trial Make(StudyModel model, Trial given, DateTimeOffset now)
    {
        var assignment = TrialTranslation.ToAssignment(given.Parameters);
        ParameterChecks.RequireKnown(model, assignment, "trial.parameters");
        var ended = given.FinalMeasurement is not null || given.State == Trial.Types.State.Infeasible;
        if (ended && model.Problem.Space.Reject(assignment) is { } why)
        {
            throw StatusException.InvalidArgument($"The trial has ended, and it is no point of the study's search space: {why}");
        }

        var time = Timestamps.ToTimestamp(Timestamps.ToMicros(now));
        var trial = new Trial { State = Trial.Types.State.Requested };
        trial.Parameters.AddRange(TrialTranslation.ToParameters(assignment));
        if (given.State == Trial.Types.State.Infeasible)
        {
            if (given.InfeasibleReason.Length > MaxReason)
            {
                throw StatusException.InvalidArgument(
                    $"`trial.infeasible_reason` has {given.InfeasibleReason.Length} characters; it may have {MaxReason}."
                );
            }

            (trial.State, trial.InfeasibleReason) = (Trial.Types.State.Infeasible, given.InfeasibleReason);
        }
        else if (given.FinalMeasurement is { } final)
        {
            MeasurementChecks.Require(model, final, "trial.final_measurement", complete: true);
            (trial.State, trial.FinalMeasurement) = (Trial.Types.State.Succeeded, final.Clone());
        }

        if (ended)
        {
            (trial.StartTime, trial.EndTime) = (time, time);
        }

        return trial;
    }
}
