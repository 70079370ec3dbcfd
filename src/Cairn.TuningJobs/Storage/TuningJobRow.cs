namespace Cairn.TuningJobs.Storage;

/// <summary>What of a tuning job its resource does not tell.</summary>
/// <param name="Job">The job's name.</param>
/// <param name="Study">The name of its study; empty before that is made.</param>
/// <param name="Algorithm">See <see cref="Tuning.StudyOptions"/>.</param>
/// <param name="Predecessors">See <see cref="Tuning.StudyOptions"/>.</param>
/// <param name="Creator">The name of whose job it is.</param>
/// <param name="Cancel">Whether someone has asked it to end.</param>
/// <param name="Failure">Why it fails once its running trials have ended; empty as long as it does not.</param>
/// <param name="Active">Whether there is something left to do.</param>
internal sealed record TuningJobRow(
    string Job,
    string Study,
    string Algorithm,
    IReadOnlyList<string> Predecessors,
    string Creator,
    bool Cancel,
    string Failure,
    bool Active
)
{
    /// <summary>Whether no further trial is begun, and those that run are cancelled.</summary>
    public bool Ends => Cancel || Failure.Length > 0;
}
