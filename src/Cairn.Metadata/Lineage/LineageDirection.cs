namespace Cairn.Metadata.Lineage;

/// <summary>Which way a walk goes along events.</summary>
public enum LineageDirection
{
    /// <summary>All that hangs together, whichever way.</summary>
    Both,

    /// <summary>From what was made to what it was made from.</summary>
    Upstream,

    /// <summary>From what was read to what was made of it.</summary>
    Downstream,
}
