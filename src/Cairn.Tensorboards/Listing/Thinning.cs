namespace Cairn.Tensorboards.Listing;

/// <summary>Fewer points of what has no order of size; numbers keep their extremes (<see cref="Cairn.Tracking.Metrics.Downsampling"/>).</summary>
internal static class Thinning
{
    /// <summary>At most so many of the points at even distances, with the first and the last.</summary>
    public static IReadOnlyList<T> Even<T>(IReadOnlyList<T> points, int limit)
    {
        if (points.Count <= limit)
        {
            return points;
        }

        return limit == 1
            ? [points[^1]]
            : [.. Enumerable.Range(0, limit).Select(i => points[(int)((long)i * (points.Count - 1) / (limit - 1))])];
    }
}
