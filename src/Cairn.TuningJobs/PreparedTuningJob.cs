using Cairn.Tuning;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.TuningJobs;

/// <summary>A tuning job that has been checked and can be stored.</summary>
/// <param name="Job">As it will be stored: named, in the state PENDING.</param>
/// <param name="Options">Of its study.</param>
public sealed record PreparedTuningJob(HyperparameterTuningJob Job, StudyOptions Options);
