namespace Cairn.Data.Retention;

/// <summary>How long every object of a bucket is kept from deletion and replacement.</summary>
/// <param name="Seconds">From an object's creation, or from the release of its event-based hold; 1 to <see cref="MaxSeconds"/>.</param>
/// <param name="Effective">Since when, in microseconds since 1970.</param>
/// <param name="Locked">Whether it can only become longer.</param>
public sealed record RetentionPolicy(long Seconds, long Effective, bool Locked = false)
{
    /// <summary>A hundred years.</summary>
    public const long MaxSeconds = 3_155_760_000;
}
