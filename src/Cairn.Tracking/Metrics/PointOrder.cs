namespace Cairn.Tracking.Metrics;

/// <summary>The order of a metric's points, and what makes two of them one.</summary>
internal static class PointOrder
{
    /// <summary>
    /// Sorts points by step, time and value, and keeps each once however often it was logged. Changes the list that it is given.
    /// </summary>
    public static List<MetricPoint> Once(List<MetricPoint> points)
    {
        var ordered = true;
        for (var i = 1; ordered && i < points.Count; i++)
        {
            ordered = points[i].Follows(points[i - 1]);
        }

        if (ordered)
        {
            return points;
        }

        points.Sort();
        var kept = 1;
        for (var i = 1; i < points.Count; i++)
        {
            if (points[i].CompareTo(points[kept - 1]) != 0)
            {
                points[kept++] = points[i];
            }
        }

        points.RemoveRange(kept, points.Count - kept);
        return points;
    }
}
