using Cairn.TuningJobs.Storage;
using Google.Cloud.AIPlatform.V1;
using Google.Rpc;

namespace Cairn.TuningJobs;

/// <summary>How a tuning job ends when none of its trials runs any more.</summary>
internal static class TuningJobEnd
{
    public static Google.Rpc.Status Cancelled => new() { Code = (int)Code.Cancelled, Message = "The tuning job was cancelled." };

    public static (JobState State, Google.Rpc.Status? Error) Of(TuningJobRow row, IReadOnlyList<TuningTrialRow> trials)
    {
        if (row.Cancel)
        {
            return (JobState.Cancelled, Cancelled);
        }

        if (row.Failure.Length > 0)
        {
            return (JobState.Failed, new Google.Rpc.Status { Code = (int)Code.FailedPrecondition, Message = row.Failure });
        }

        return trials.Any(static trial => trial.Body.State == Trial.Types.State.Succeeded)
            ? (JobState.Succeeded, null)
            : (
                JobState.Failed,
                new Google.Rpc.Status
                {
                    Code = (int)Code.FailedPrecondition,
                    Message = trials is [.., var last]
                        ? $"None of the {trials.Count} trials succeeded. The last one: {last.Body.InfeasibleReason}"
                        : "The study gave no trial.",
                }
            );
    }
}
