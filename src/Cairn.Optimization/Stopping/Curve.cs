using Cairn.Optimization.Studies;

namespace Cairn.Optimization.Stopping;

/// <summary>A trial's first objective over its run, turned so that more is better.</summary>
internal sealed class Curve
{
    private readonly List<(double Time, double Value)> _points;

    private Curve(List<(double Time, double Value)> points) => _points = points;

    public int Count => _points.Count;

    /// <summary>The time of the last measurement.</summary>
    public double End => _points[^1].Time;

    public double Last => _points[^1].Value;

    public double Best => _points.Max(static point => point.Value);

    /// <param name="problem">Whose first objective is read; values that are missing or not finite are left out.</param>
    /// <param name="trial">The trial; its final measurement, where it has one, is the curve's end.</param>
    /// <param name="byElapsed">Whether time is elapsed seconds, not steps.</param>
    public static Curve Of(Problem problem, Trial trial, bool byElapsed)
    {
        var metric = problem.Objectives[0];
        var points = new List<(double Time, double Value)>();
        foreach (var measurement in trial.Final is { } final ? [.. trial.Measurements, final] : trial.Measurements)
        {
            var time = byElapsed ? measurement.Elapsed.TotalSeconds : measurement.Step;
            if (
                measurement.Values.TryGetValue(metric.Id, out var value)
                && double.IsFinite(value)
                && (points.Count == 0 || time > points[^1].Time)
            )
            {
                points.Add((time, metric.Oriented(value)));
            }
        }

        return new Curve(points);
    }

    /// <summary>The value at a time, between the measurements around it; before the first and after the last, theirs.</summary>
    public double At(double time)
    {
        var after = _points.FindIndex(point => point.Time >= time);
        if (after <= 0)
        {
            return after == 0 ? _points[0].Value : Last;
        }

        var (left, right) = (_points[after - 1], _points[after]);
        return left.Value + ((right.Value - left.Value) * (time - left.Time) / (right.Time - left.Time));
    }

    /// <summary>The mean of what was measured up to a time; null where nothing was.</summary>
    public double? RunningMean(double time)
    {
        var (sum, count) = (0.0, 0);
        foreach (var point in _points)
        {
            if (point.Time <= time)
            {
                sum += point.Value;
                count++;
            }
        }

        return count == 0 ? null : sum / count;
    }

    /// <summary>The slope of the last few measurements by least squares.</summary>
    public double RecentSlope(int count)
    {
        var recent = _points.TakeLast(count).ToList();
        var (time, value) = (recent.Average(static point => point.Time), recent.Average(static point => point.Value));
        var spread = recent.Sum(point => (point.Time - time) * (point.Time - time));
        return spread > 0 ? recent.Sum(point => (point.Time - time) * (point.Value - value)) / spread : 0;
    }
}
