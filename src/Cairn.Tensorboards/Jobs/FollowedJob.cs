namespace Cairn.Tensorboards.Jobs;

/// <summary>A job whose <c>AIP_TENSORBOARD_LOG_DIR</c> is read.</summary>
/// <param name="Job">The job's name.</param>
/// <param name="Folder"><c>gs://…/logs/</c>.</param>
/// <param name="Tensorboard">What the job names, or empty.</param>
/// <param name="Experiment">The context that the job names, or empty.</param>
/// <param name="Run">The run's context that the job names, or empty.</param>
/// <param name="Ended">Whether no more will come.</param>
internal sealed record FollowedJob(
    string Job,
    string DisplayName,
    string Folder,
    string Tensorboard,
    string Experiment,
    string Run,
    bool Ended
);
