using Cairn.Kernel.Database;
using Cairn.Kernel.Store;
using Cairn.Tuning.Storage;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Tuning.Suggesting;

/// <summary>
/// Whether a study's own conditions end it: budgets of trials and time, and the lack of progress, in the order that the API states.
/// </summary>
internal static class StudyProgress
{
    public static bool ShouldEnd(ISqlSession session, StudySpec spec, StudyRow row, DateTimeOffset now)
    {
        if (spec.StudyStoppingConfig is not { } config)
        {
            return false;
        }

        if (config.MinimumRuntimeConstraint is { } minimum && !Passed(minimum, row, now))
        {
            return false;
        }

        if (config.MinNumTrials is { } least && TrialTable.CountEnded(session, row.Id) < least)
        {
            return false;
        }

        if (config.MaximumRuntimeConstraint is { } maximum && Passed(maximum, row, now))
        {
            return true;
        }

        if (config.MaxNumTrials is { } most && row.Issued >= most)
        {
            return true;
        }

        return HasStalled(session, config, row, now);
    }

    private static bool HasStalled(ISqlSession session, StudySpec.Types.StudyStoppingConfig config, StudyRow row, DateTimeOffset now)
    {
        if (
            (config.MaxNumTrialsNoProgress is null && config.MaxDurationNoProgress is null)
            || TrialTable.Best(session, row.Id, 1) is not [{ Body.EndTime: { } best }]
        )
        {
            return false;
        }

        return (
                config.MaxNumTrialsNoProgress is { } trials
                && TrialTable.CountEndedSince(session, row.Id, Timestamps.ToMicros(best)) >= trials
            ) || (config.MaxDurationNoProgress is { } duration && now - best.ToDateTimeOffset() >= duration.ToTimeSpan());
    }

    private static bool Passed(StudyTimeConstraint constraint, StudyRow row, DateTimeOffset now) =>
        constraint.ConstraintCase switch
        {
            StudyTimeConstraint.ConstraintOneofCase.MaxDuration => now - row.Created >= constraint.MaxDuration.ToTimeSpan(),
            StudyTimeConstraint.ConstraintOneofCase.EndTime => now >= constraint.EndTime.ToDateTimeOffset(),
            _ => false,
        };
}
