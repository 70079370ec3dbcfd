namespace Cairn.Optimization.Spaces;

/// <summary>How a numeric parameter's range is laid over the unit interval that designers search.</summary>
public enum Scale
{
    /// <summary>Evenly.</summary>
    Linear,

    /// <summary>By the logarithm: the low end is spread out. The whole range must be positive.</summary>
    Log,

    /// <summary>By the logarithm from the top: the high end is spread out. The whole range must be positive.</summary>
    ReverseLog,
}
