using Cairn.Optimization.Spaces;

namespace Cairn.Optimization.Studies;

/// <summary>A point that was or is being evaluated.</summary>
/// <param name="Id">Its number, in the order of suggestion.</param>
/// <param name="Parameters">Where.</param>
/// <param name="State">How far it is.</param>
public sealed record Trial(long Id, IReadOnlyDictionary<string, ParameterValue> Parameters, TrialState State)
{
    /// <summary>What it came to; null unless completed.</summary>
    public Measurement? Final { get; init; }

    /// <summary>What was reported on the way, in order.</summary>
    public IReadOnlyList<Measurement> Measurements { get; init; } = [];
}
