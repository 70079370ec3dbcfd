namespace Cairn.Optimization.Studies;

/// <summary>Metrics of a trial at some point of its run.</summary>
/// <param name="Step">Training steps so far.</param>
/// <param name="Elapsed">Time so far.</param>
/// <param name="Values">By metric id.</param>
public sealed record Measurement(long Step, TimeSpan Elapsed, IReadOnlyDictionary<string, double> Values);
