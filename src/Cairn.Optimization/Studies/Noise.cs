namespace Cairn.Optimization.Studies;

/// <summary>What is known of how repeated measurements of the same point differ.</summary>
public enum Noise
{
    Unknown,

    /// <summary>Nearly reproducible: a point is never suggested twice.</summary>
    Low,

    /// <summary>Much: its amount is estimated, and points may be repeated.</summary>
    High,
}
