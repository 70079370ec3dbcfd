using System.Globalization;
using Cairn.Optimization.Studies;

namespace Cairn.Optimization.Stopping;

/// <summary>
/// Stops a trial whose best value so far is below the median of the running averages that completed trials had at the same point of their
/// run: Golovin and others, "Google Vizier" (KDD 2017), section 3.2.2.
/// </summary>
/// <param name="ByElapsed">Whether the point of the run is elapsed time, not steps.</param>
/// <param name="MinCompleted">How many completed trials it takes, at least 1.</param>
public sealed class MedianStoppingRule(bool ByElapsed = false, int MinCompleted = 3) : IStoppingRule
{
    public string Name => "median";

    public string? ShouldStop(Problem problem, Trial trial, IReadOnlyList<Trial> completed)
    {
        var curve = Curve.Of(problem, trial, ByElapsed);
        if (curve.Count == 0)
        {
            return null;
        }

        var means = completed.Select(other => Curve.Of(problem, other, ByElapsed).RunningMean(curve.End)).OfType<double>().Order().ToList();
        if (means.Count < Math.Max(1, MinCompleted))
        {
            return null;
        }

        var median = means.Count % 2 == 1 ? means[means.Count / 2] : 0.5 * (means[means.Count / 2] + means[(means.Count / 2) - 1]);
        var metric = problem.Objectives[0];
        return curve.Best < median
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"The best {metric.Id} so far is {metric.Oriented(curve.Best):G6}; the median of the running averages of {means.Count} completed trials at the same point is {metric.Oriented(median):G6}."
            )
            : null;
    }
}
