namespace Cairn.Optimization.Studies;

/// <summary>When a trial counts as safe.</summary>
/// <param name="Threshold">The boundary between safe and unsafe values of the metric.</param>
/// <param name="MinSafeFraction">The share of safe trials to aim at, 0 to 1; null weighs safety by its probability alone.</param>
public sealed record SafetyBound(double Threshold, double? MinSafeFraction = null);
