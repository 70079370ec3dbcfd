namespace Cairn.Tracking.Metrics;

/// <summary>Fewer points that draw the same line.</summary>
public static class Downsampling
{
    /// <summary>
    /// At most <paramref name="most"/> of the points, in their order: the first and the last, and of each of equally many points between
    /// them the least and the greatest value, so that no spike is lost. NaN is neither.
    /// </summary>
    /// <param name="points">Points in order.</param>
    /// <param name="most">At least 2; 0 or less keeps all.</param>
    public static IReadOnlyList<MetricPoint> KeepExtremes(IReadOnlyList<MetricPoint> points, int most)
    {
        if (most <= 0 || points.Count <= most)
        {
            return points;
        }

        if (most < 4)
        {
            return most == 1 ? [points[^1]]
                : most == 2 ? [points[0], points[^1]]
                : [points[0], points[points.Count / 2], points[^1]];
        }

        var kept = new List<MetricPoint>(most) { points[0] };
        var buckets = (most - 2) / 2;
        var inner = points.Count - 2;
        for (var bucket = 0; bucket < buckets; bucket++)
        {
            var from = 1 + (int)((long)inner * bucket / buckets);
            var to = 1 + (int)((long)inner * (bucket + 1) / buckets);
            if (from == to)
            {
                continue;
            }

            var (least, greatest) = (from, from);
            for (var i = from + 1; i < to; i++)
            {
                if (points[i].Value < points[least].Value || double.IsNaN(points[least].Value))
                {
                    least = i;
                }

                if (points[i].Value > points[greatest].Value || double.IsNaN(points[greatest].Value))
                {
                    greatest = i;
                }
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
}
