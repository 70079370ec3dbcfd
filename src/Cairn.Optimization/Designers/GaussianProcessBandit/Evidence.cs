using Cairn.Optimization.GaussianProcesses;
using Cairn.Optimization.Studies;

namespace Cairn.Optimization.Designers.GaussianProcessBandit;

/// <summary>Trials as the bandit reads them.</summary>
internal sealed class Evidence
{
    // A Gaussian process costs the cube of its points: of a long study, the best and the latest are what decides.
    private const int MaxPoints = 500;

    public Evidence(Problem problem, IReadOnlyList<Trial> trials, Features features)
    {
        var ended = Reduce(problem, [.. trials.Where(static trial => trial.State != TrialState.Active)]);
        All =
        [
            .. ended.Select(trial =>
            {
                var coordinates = problem.Space.Encode(trial.Parameters);
                return new EvidencePoint(
                    coordinates,
                    features.Of(coordinates),
                    problem.ObjectivesOf(trial),
                    problem.SafetyMetrics.Count > 0 ? problem.SafetyOf(trial) : []
                );
            }),
        ];
        Measured = [.. All.Where(static point => point.Values is not null)];
        Features = [.. Measured.Select(static point => point.Features)];
        Warped = [.. problem.Objectives.Select((_, objective) => OutputWarp.Warp([.. Measured.Select(point => point.Values![objective])]))];
    }

    /// <summary>Every ended trial.</summary>
    public EvidencePoint[] All { get; }

    /// <summary>Those with values.</summary>
    public EvidencePoint[] Measured { get; }

    /// <summary>Of <see cref="Measured"/>.</summary>
    public double[][] Features { get; }

    /// <summary>By objective, then by <see cref="Measured"/>: warped values, more is better.</summary>
    public double[][] Warped { get; }

    private static IReadOnlyList<Trial> Reduce(Problem problem, List<Trial> ended)
    {
        if (ended.Count <= MaxPoints)
        {
            return ended;
        }

        var latest = ended[^(MaxPoints / 2)..];
        var best = ended[..^(MaxPoints / 2)]
            .Select(trial => (Trial: trial, Values: problem.ObjectivesOf(trial)))
            .OrderByDescending(static pair => pair.Values?.Sum() ?? double.NegativeInfinity)
            .Take(MaxPoints / 2)
            .Select(static pair => pair.Trial)
            .OrderBy(static trial => trial.Id);
        return [.. best, .. latest];
    }
}
