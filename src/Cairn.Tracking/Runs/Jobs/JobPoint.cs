namespace Cairn.Tracking.Runs.Jobs;

/// <summary>A metric that is logged to a job's run from outside of its task.</summary>
/// <param name="Time">Microseconds since 1970.</param>
public readonly record struct JobPoint(string Name, long Step, long Time, double Value);
