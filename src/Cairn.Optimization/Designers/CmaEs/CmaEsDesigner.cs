using Cairn.Optimization.Numerics;
using Cairn.Optimization.Spaces;
using Cairn.Optimization.Studies;

namespace Cairn.Optimization.Designers.CmaEs;

/// <summary>
/// Covariance matrix adaptation over the numeric coordinates; generations are replayed from the trials in their order, so points of any
/// origin are learned from. Categories are drawn from those of the better half of the latest trials. One objective (of several, the first
/// is optimised).
/// </summary>
public sealed class CmaEsDesigner : IDesigner
{
    private const double FirstStep = 0.3;
    private const int MaxTrials = 20_000;

    public string Name => "cma-es";

    public bool ReadsTrials => true;

    public IReadOnlyList<IReadOnlyDictionary<string, ParameterValue>> Suggest(
        SuggestRequest request,
        CancellationToken cancellation = default
    )
    {
        var numeric = request
            .Space.Dimensions.Where(static dimension => !dimension.IsCategorical)
            .Select(static dimension => dimension.Index)
            .ToArray();
        var ended = request.Trials.Where(static trial => trial.State != TrialState.Active).TakeLast(MaxTrials).ToList();
        var distribution = numeric.Length == 0 ? null : Replay(request, numeric, ended, cancellation);
        var suggestions = new List<Dictionary<string, ParameterValue>>();
        for (var i = 0; i < request.Count; i++)
        {
            var random = request.Random(i);
            var point = Categories(request, ended, random);
            if (distribution is not null)
            {
                Place(point, numeric, Inside(distribution, random));
            }

            request.Space.Snap(point);
            request.Pin(point);
            suggestions.Add(request.Decode(point));
        }

        return suggestions;
    }

    private static Distribution Replay(SuggestRequest request, int[] numeric, List<Trial> ended, CancellationToken cancellation)
    {
        var centre = request.Space.Dimensions.Select(static dimension => dimension.Parameter.ToUnit(dimension.Parameter.Centre)).ToArray();
        var distribution = new Distribution([.. numeric.Select(index => centre[index])], FirstStep);
        for (var start = 0; start + distribution.Population <= ended.Count; start += distribution.Population)
        {
            cancellation.ThrowIfCancellationRequested();
            distribution.Update([
                .. ended
                    .GetRange(start, distribution.Population)
                    .OrderByDescending(trial => request.Problem.ObjectivesOf(trial)?[0] ?? double.NegativeInfinity)
                    .Select(trial =>
                    {
                        // A parameter that did not exist says nothing: it counts as lying at the mean.
                        var point = request.Space.Encode(trial.Parameters);
                        return numeric.Select((index, i) => double.IsNaN(point[index]) ? distribution.Mean[i] : point[index]).ToArray();
                    }),
            ]);
        }

        return distribution;
    }

    /// <summary>A sample in the unit box: again a few times, then the nearest point.</summary>
    private static double[] Inside(Distribution distribution, SeededRandom random)
    {
        for (var tries = 0; tries < 20; tries++)
        {
            var point = distribution.Sample(random);
            if (Array.TrueForAll(point, static x => x is >= 0 and <= 1))
            {
                return point;
            }
        }

        return [.. distribution.Sample(random).Select(static x => Math.Clamp(x, 0, 1))];
    }

    private static void Place(double[] point, int[] numeric, double[] values)
    {
        for (var i = 0; i < numeric.Length; i++)
        {
            point[numeric[i]] = values[i];
        }
    }

    private static double[] Categories(SuggestRequest request, List<Trial> ended, SeededRandom random)
    {
        var point = request.Space.Sample(random);
        var good = ended
            .TakeLast(40)
            .Where(trial => request.Problem.ObjectivesOf(trial) is not null)
            .OrderByDescending(trial => request.Problem.ObjectivesOf(trial)![0])
            .Take(10)
            .ToList();
        if (good.Count > 0)
        {
            var parent = request.Space.Encode(good[random.Next(good.Count)].Parameters);
            foreach (var dimension in request.Space.Dimensions)
            {
                if (dimension.IsCategorical && random.NextDouble() < 0.8)
                {
                    point[dimension.Index] = parent[dimension.Index];
                }
            }
        }

        return point;
    }
}
