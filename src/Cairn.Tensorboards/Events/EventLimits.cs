namespace Cairn.Tensorboards.Events;

/// <summary>What a reader of event files puts up with.</summary>
public sealed record EventLimits
{
    public static EventLimits Default { get; } = new();

    /// <summary>
    /// The longest record that is read, in bytes: memory stays within it. A longer one whose checksums are right is passed over.
    /// </summary>
    public int MaxRecordBytes { get; init; } = 64 << 20;

    /// <summary>
    /// The longest record that is passed over, in bytes; no writer makes longer ones, so that a length above it is damage.
    /// </summary>
    public long MaxPassedBytes { get; init; } = int.MaxValue;

    /// <summary>How many different tags a run may have.</summary>
    public int MaxTags { get; init; } = 100_000;

    /// <summary>The longest tag, in bytes of UTF-8.</summary>
    public int MaxTagBytes { get; init; } = 4096;

    /// <summary>Whether to go on behind a damaged record at the next that is whole, instead of stopping at it.</summary>
    public bool SkipCorrupt { get; init; }
}
