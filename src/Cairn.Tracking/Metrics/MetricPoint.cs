namespace Cairn.Tracking.Metrics;

/// <summary>One value of a metric.</summary>
/// <param name="Step">The step it belongs to; any integer.</param>
/// <param name="Time">Microseconds since 1970.</param>
/// <param name="Value">Any double, NaN and infinities among them.</param>
public readonly record struct MetricPoint(long Step, long Time, double Value) : IComparable<MetricPoint>
{
    /// <summary>Whether this is later than <paramref name="other"/>: by step, then time, then value.</summary>
    public bool Follows(MetricPoint other) => CompareTo(other) > 0;

    public int CompareTo(MetricPoint other)
    {
        var order = Step.CompareTo(other.Step);
        if (order == 0)
        {
            order = Time.CompareTo(other.Time);
        }

        return order == 0 ? Value.CompareTo(other.Value) : order;
    }
}
