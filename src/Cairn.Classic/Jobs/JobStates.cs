using Google.Cloud.AIPlatform.V1;
using ClassicState = Google.Cloud.ML.V1.Job.Types.State;

namespace Cairn.Classic.Jobs;

/// <summary>States of jobs, as the classic API calls them.</summary>
internal static class JobStates
{
    public static ClassicState Of(JobState state) =>
        state switch
        {
            JobState.Queued => ClassicState.Queued,
            JobState.Pending => ClassicState.Preparing,
            JobState.Running or JobState.Updating => ClassicState.Running,
            JobState.Succeeded or JobState.PartiallySucceeded => ClassicState.Succeeded,
            JobState.Failed or JobState.Expired => ClassicState.Failed,
            JobState.Cancelling => ClassicState.Cancelling,
            JobState.Cancelled => ClassicState.Cancelled,
            _ => ClassicState.Unspecified,
        };
}
