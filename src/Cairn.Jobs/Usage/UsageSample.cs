namespace Cairn.Jobs.Usage;

/// <summary>What a task used, or reported, at one moment.</summary>
/// <param name="Step">The sample's number, in which a later attempt of the task goes on counting; or the step that the task
/// reported.</param>
/// <param name="Time">Microseconds since 1970.</param>
/// <param name="Metrics">Values by name.</param>
internal sealed record UsageSample(long Step, long Time, IReadOnlyDictionary<string, double> Metrics);
