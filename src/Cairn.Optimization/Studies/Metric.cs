namespace Cairn.Optimization.Studies;

/// <summary>What trials are measured by: an objective, or, with a <see cref="Safety"/>, a bound to keep.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Goal">Which way is better; for a safety metric, which side of the threshold is safe.</param>
public sealed record Metric(string Id, Goal Goal)
{
    public SafetyBound? Safety { get; init; }

    /// <summary>A value turned so that more is better.</summary>
    internal double Oriented(double value) => Goal == Goal.Maximize ? value : -value;
}
