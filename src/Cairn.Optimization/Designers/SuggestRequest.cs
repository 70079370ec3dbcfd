using Cairn.Optimization.Numerics;
using Cairn.Optimization.Spaces;
using Cairn.Optimization.Studies;

namespace Cairn.Optimization.Designers;

/// <summary>What a designer is asked.</summary>
/// <param name="Problem">What is optimised.</param>
/// <param name="Trials">All trials so far, by number; may be empty for designers that do not read them.</param>
/// <param name="Issued">How many trials were ever made, also those deleted since.</param>
/// <param name="Count">How many points are wanted.</param>
public sealed record SuggestRequest(Problem Problem, IReadOnlyList<Trial> Trials, long Issued, int Count)
{
    /// <summary>Parameters that have their value already: the slice of the space to look in.</summary>
    public IReadOnlyDictionary<string, ParameterValue> Pinned { get; init; } = new Dictionary<string, ParameterValue>();

    internal SearchSpace Space => Problem.Space;

    /// <summary>Randomness that differs from suggestion to suggestion and repeats with the study's seed.</summary>
    internal SeededRandom Random(int ordinal = 0) => new(Problem.Seed, (ulong)(Issued + ordinal));

    /// <summary>Sets the pinned coordinates, and makes the point feasible again.</summary>
    internal void Pin(double[] point)
    {
        if (Pinned.Count == 0)
        {
            return;
        }

        foreach (var dimension in Space.Dimensions)
        {
            if (Pinned.TryGetValue(dimension.Parameter.Id, out var value))
            {
                point[dimension.Index] = dimension.Parameter.ToUnit(value);
            }
        }

        Space.Snap(point);
    }

    /// <summary>
    /// A pinned point's assignment, with exactly the values that were pinned: a coordinate and back may differ in the last digit.
    /// </summary>
    internal Dictionary<string, ParameterValue> Decode(double[] point)
    {
        var assignment = Space.Decode(point);
        foreach (var (id, value) in Pinned)
        {
            if (assignment.ContainsKey(id))
            {
                assignment[id] = value;
            }
        }

        return assignment;
    }
}
