namespace Cairn.Optimization.Spaces;

/// <summary>One coordinate of a search space: a parameter, in its place in the tree of conditions.</summary>
/// <param name="Index">Its place in points.</param>
/// <param name="Parameter">The parameter.</param>
/// <param name="Parent">The dimension of its parent; -1 at the root.</param>
/// <param name="Condition">When it exists; null at the root.</param>
internal sealed record Dimension(int Index, Parameter Parameter, int Parent, ParameterChild? Condition)
{
    public bool IsCategorical { get; } = Parameter.IsCategorical;

    /// <summary>Whether every coordinate in [0, 1] is a feasible value of its own.</summary>
    public bool IsContinuous { get; } = Parameter.Count is null;
}
