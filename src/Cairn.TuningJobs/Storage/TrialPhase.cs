namespace Cairn.TuningJobs.Storage;

/// <summary>Where a trial stands.</summary>
internal enum TrialPhase
{
    /// <summary>Its custom job waits or runs.</summary>
    Running,

    /// <summary>Its custom job has ended; the study does not know yet what came of it.</summary>
    Ended,

    /// <summary>The study knows.</summary>
    Done,
}
