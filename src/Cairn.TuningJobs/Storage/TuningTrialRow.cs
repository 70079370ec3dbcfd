using Google.Cloud.AIPlatform.V1;

namespace Cairn.TuningJobs.Storage;

/// <summary>A trial of a tuning job.</summary>
/// <param name="Job">The tuning job's name.</param>
/// <param name="Trial">The trial's number.</param>
/// <param name="CustomJob">The name of the custom job that it is; empty where none could be made.</param>
/// <param name="Phase">Where it stands.</param>
/// <param name="Outcome">The custom job's last state.</param>
/// <param name="Reason">Why the custom job failed.</param>
/// <param name="Stopping">Whether the study's rule stopped it.</param>
/// <param name="Fresh">Whether it has reported since the rule was asked.</param>
/// <param name="Last">The last value of each metric that it reported.</param>
/// <param name="Best">The same when the first metric was best.</param>
/// <param name="Body">The trial as the API gives it.</param>
internal sealed record TuningTrialRow(
    string Job,
    long Trial,
    string CustomJob,
    TrialPhase Phase,
    JobState Outcome,
    string Reason,
    bool Stopping,
    bool Fresh,
    Measurement Last,
    Measurement Best,
    Trial Body
);
