namespace Cairn.Tracking.Tensorboards.Listing;

/// <summary>Thins a series out without losing what an eye looks for.</summary>
internal static class Downsampling
{
    /// <summary>
    /// At most <paramref name="limit"/> of the points, in their order: the first, the last, and of each equal piece in between the least and the greatest. Points
    /// that are no number come after all others in the order of doubles, and so are kept too.
    /// </summary>
    public static IReadOnlyList<T> Extremes<T>(IReadOnlyList<T> points, int limit, Func<T, double> value)
    {
        if (points.Count <= limit)
        {
            return points;
        }

        if (limit <= 2)
        {
            return limit == 1 ? [points[^1]] : [points[0], points[^1]];
        }

        var kept = new List<T>(limit) { points[0] };
        var pieces = (limit - 2) / 2;
        var inner = points.Count - 2;
        for (var piece = 0; piece < pieces; piece++)
        {
            var from = 1 + (int)((long)inner * piece / pieces);
            var to = 1 + (int)((long)inner * (piece + 1) / pieces);
            var (least, greatest) = (from, from);
            for (var i = from + 1; i < to; i++)
            {
                least = value(points[i]).CompareTo(value(points[least])) < 0 ? i : least;
                greatest = value(points[i]).CompareTo(value(points[greatest])) > 0 ? i : greatest;
            }

            kept.Add(points[Math.Min(least, greatest)]);
            if (least != greatest)
            {
                kept.Add(points[Math.Max(least, greatest)]);
            }
        }

        kept.Add(points[^1]);
        return kept;
    }

    /// <summary>At most so many of the points at even distances, with the first and the last: for what has no order of size.</summary>
    public static IReadOnlyList<T> Even<T>(IReadOnlyList<T> points, int limit)
    {
        if (points.Count <= limit)
        {
            return points;
        }

        return limit == 1 ? [points[^1]] : [.. Enumerable.Range(0, limit).Select(i => points[(int)((long)i * (points.Count - 1) / (limit - 1))])];
    }
}
