namespace Cairn.Data.SoftDelete;

/// <summary>How long a bucket's deleted objects can be restored.</summary>
/// <param name="Seconds">From the deletion; <see cref="MinSeconds"/> to <see cref="MaxSeconds"/>, as Cloud Storage has it.</param>
/// <param name="Effective">Since when, in microseconds since 1970. What was deleted before is not covered.</param>
public sealed record SoftDeletePolicy(long Seconds, long Effective)
{
    /// <summary>Seven days.</summary>
    public const long MinSeconds = 604_800;

    /// <summary>Ninety days.</summary>
    public const long MaxSeconds = 7_776_000;

    /// <summary>When something that is deleted now goes for good, in microseconds since 1970.</summary>
    public long Ends(long now) => now + (Seconds * 1_000_000);
}
