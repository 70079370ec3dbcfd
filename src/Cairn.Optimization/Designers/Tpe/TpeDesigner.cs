using Cairn.Optimization.Numerics;
using Cairn.Optimization.Spaces;
using Cairn.Optimization.Studies;

namespace Cairn.Optimization.Designers.Tpe;

/// <summary>
/// The tree-structured Parzen estimator: of samples from the density of good trials, the one whose ratio to the density of the others is
/// highest. Bergstra, Bardenet, Bengio and Kégl, "Algorithms for Hyper-Parameter Optimization" (NIPS 2011), section 4.
/// </summary>
public sealed class TpeDesigner : IDesigner
{
    private const int StartTrials = 10;
    private const int Candidates = 64;
    private const int MaxGood = 25;

    public string Name => "tpe";

    public bool ReadsTrials => true;

    public IReadOnlyList<IReadOnlyDictionary<string, ParameterValue>> Suggest(
        SuggestRequest request,
        CancellationToken cancellation = default
    )
    {
        var ended = request.Trials.Where(static trial => trial.State != TrialState.Active).ToList();
        if (ended.Count < StartTrials)
        {
            return new QuasiRandomDesigner().Suggest(request, cancellation);
        }

        var ranked = Rank(request.Problem, ended).ConvertAll(trial => request.Space.Encode(trial.Parameters));
        var goodCount = Math.Min(MaxGood, (int)Math.Ceiling(0.1 * ranked.Count));
        // Pending points count as bad, so that parallel workers spread: the constant liar.
        var pending = request
            .Trials.Where(static trial => trial.State == TrialState.Active)
            .Select(trial => request.Space.Encode(trial.Parameters));
        var good = new Parzen(request.Space, ranked[..goodCount]);
        List<double[]> bad = [.. ranked[goodCount..], .. pending];
        var suggestions = new List<Dictionary<string, ParameterValue>>();
        for (var i = 0; i < request.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            var point = Best(request, good, new Parzen(request.Space, bad), request.Random(i));
            bad.Add(point);
            suggestions.Add(request.Decode(point));
        }

        return suggestions;
    }

    private static double[] Best(SuggestRequest request, Parzen good, Parzen bad, SeededRandom random)
    {
        var (best, bestRatio) = (Array.Empty<double>(), double.NegativeInfinity);
        for (var i = 0; i < Candidates; i++)
        {
            var point = good.Sample(random);
            request.Pin(point);
            var ratio = good.LogDensity(point) - bad.LogDensity(point);
            if (ratio > bestRatio)
            {
                (best, bestRatio) = (point, ratio);
            }
        }

        return best;
    }

    /// <summary>Best first; several objectives by layers of the Pareto order; infeasible trials last.</summary>
    private static List<Trial> Rank(Problem problem, List<Trial> trials)
    {
        var feasible = trials.Where(trial => problem.ObjectivesOf(trial) is not null).ToList();
        var values = feasible.ConvertAll(trial => problem.ObjectivesOf(trial)!);
        var order =
            problem.Objectives.Count == 1
                ? Enumerable.Range(0, values.Count).OrderByDescending(i => values[i][0])
                : Pareto.Layers(values).SelectMany(static layer => layer);
        return [.. order.Select(i => feasible[i]), .. trials.Where(trial => problem.ObjectivesOf(trial) is null)];
    }
}
