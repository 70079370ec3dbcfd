using System.Globalization;
using Cairn.Jobs.Logs;
using Cairn.Kernel.Database;
using Cairn.TuningJobs.Storage;

namespace Cairn.TuningJobs.Trials;

/// <summary>
/// A tuning job's log is that of its trials, which <c>gcloud ai hp-tuning-jobs stream-logs</c> asks for by the tuning job's number.
/// </summary>
internal sealed class TrialLogs : IJobMembers
{
    /// <summary>Of a job with more trials, the latest are shown.</summary>
    private const int MaxTrials = 2_000;

    public IReadOnlyList<JobMember> Of(ISqlSession session, string project, string job) =>
        TuningTrialTable
            .CustomJobs(session, project, job, MaxTrials)
            .ConvertAll(static trial => new JobMember(trial.CustomJob, trial.Trial.ToString(CultureInfo.InvariantCulture)));
}
