namespace Cairn.Jobs.Usage;

/// <summary>What a task used at one moment.</summary>
/// <param name="Step">The sample's number; a later attempt of the task goes on counting.</param>
/// <param name="Time">Microseconds since 1970.</param>
/// <param name="Metrics">Values by name; all are finite.</param>
internal sealed record UsageSample(long Step, long Time, IReadOnlyDictionary<string, double> Metrics);
