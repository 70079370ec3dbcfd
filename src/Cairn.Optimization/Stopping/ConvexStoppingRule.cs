using System.Globalization;
using Cairn.Optimization.Studies;

namespace Cairn.Optimization.Stopping;

/// <summary>
/// Stops a trial that would not reach the best value even if it went on improving as fast as it does now. Learning curves flatten, so a
/// straight line past the last measurements overestimates where they end.
/// </summary>
public sealed class ConvexStoppingRule : IStoppingRule
{
    private const int DefaultMinMeasurements = 5;

    public string Name => "convex";

    /// <summary>Where a run ends, in steps or seconds; 0 takes the longest completed trial's.</summary>
    public double MaxSteps { get; init; }

    /// <summary>Before this no trial stops, in steps or seconds; 0 takes a tenth of the maximum.</summary>
    public double MinSteps { get; init; }

    /// <summary>How many measurements a trial needs, and one more completed trial; 0 takes 5.</summary>
    public int MinMeasurements { get; init; }

    /// <summary>Whether steps are elapsed seconds.</summary>
    public bool ByElapsed { get; init; }

    public string? ShouldStop(Problem problem, Trial trial, IReadOnlyList<Trial> completed)
    {
        var needed = MinMeasurements > 0 ? MinMeasurements : DefaultMinMeasurements;
        var curve = Curve.Of(problem, trial, ByElapsed);
        if (completed.Count < needed + 1 || curve.Count < Math.Max(2, needed))
        {
            return null;
        }

        var end =
            MaxSteps > 0
                ? MaxSteps
                : completed
                    .Select(other => Curve.Of(problem, other, ByElapsed))
                    .Where(static other => other.Count > 0)
                    .Select(static other => other.End)
                    .DefaultIfEmpty()
                    .Max();
        var slope = curve.RecentSlope(needed);
        if (curve.End < (MinSteps > 0 ? MinSteps : end / 10) || slope == 0)
        {
            return null;
        }

        var best = completed
            .Select(problem.ObjectivesOf)
            .OfType<double[]>()
            .Select(static values => values[0])
            .DefaultIfEmpty(double.NegativeInfinity)
            .Max();
        var reached = Math.Max(curve.Best, curve.Last + (Math.Max(0, slope) * Math.Max(0, end - curve.End)));
        var metric = problem.Objectives[0];
        return reached < best
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"Going on as fast as now, {metric.Id} would be {metric.Oriented(reached):G6} at the end ({end:G6}); the best is {metric.Oriented(best):G6}."
            )
            : null;
    }
}
