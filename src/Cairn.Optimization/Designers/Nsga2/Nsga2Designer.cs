using Cairn.Optimization.Numerics;
using Cairn.Optimization.Spaces;

namespace Cairn.Optimization.Designers.Nsga2;

/// <summary>
/// A genetic algorithm for several objectives: the parents are the best of all trials by layer of the Pareto order and, within a layer, by
/// how alone they stand; children mix two parents and mutate. Deb, Pratap, Agarwal and Meyarivan, "A Fast and Elitist Multiobjective
/// Genetic Algorithm: NSGA-II" (IEEE TEC, 2002). One child at a time, so that no worker waits for a generation to end.
/// </summary>
public sealed class Nsga2Designer : IDesigner
{
    private const int Population = 50;
    private const int MaxTrials = 2_000;

    // Distribution indices of the crossover and the mutation, as in the paper's experiments.
    private const double CrossoverIndex = 15;
    private const double MutationIndex = 20;

    public string Name => "nsga2";

    public bool ReadsTrials => true;

    public IReadOnlyList<IReadOnlyDictionary<string, ParameterValue>> Suggest(
        SuggestRequest request,
        CancellationToken cancellation = default
    )
    {
        var feasible = request.Trials.Where(trial => request.Problem.ObjectivesOf(trial) is not null).TakeLast(MaxTrials).ToList();
        if (request.Issued < Population || feasible.Count < 2)
        {
            return new QuasiRandomDesigner().Suggest(request, cancellation);
        }

        var parents = CrowdedOrder
            .Best(feasible.ConvertAll(trial => request.Problem.ObjectivesOf(trial)!), Population)
            .ConvertAll(i => request.Space.Encode(feasible[i].Parameters));
        var suggestions = new List<Dictionary<string, ParameterValue>>();
        for (var i = 0; i < request.Count; i++)
        {
            var random = request.Random(i);
            var child = Cross(request.Space, Tournament(parents, random), Tournament(parents, random), random);
            Mutate(request.Space, child, random);
            request.Space.Snap(child);
            request.Pin(child);
            suggestions.Add(request.Decode(child));
        }

        return suggestions;
    }

    // Parents are in order: the better of two is the earlier.
    private static double[] Tournament(List<double[]> parents, SeededRandom random) =>
        parents[Math.Min(random.Next(parents.Count), random.Next(parents.Count))];

    /// <summary>Simulated binary crossover (Deb and Agrawal 1995) of numbers; categories from either parent.</summary>
    private static double[] Cross(SearchSpace space, double[] left, double[] right, SeededRandom random)
    {
        var child = left.ToArray();
        foreach (var dimension in space.Dimensions)
        {
            var (a, b) = (left[dimension.Index], right[dimension.Index]);
            if (double.IsNaN(a) || double.IsNaN(b) || dimension.IsCategorical)
            {
                child[dimension.Index] = double.IsNaN(a) || (!double.IsNaN(b) && random.Next(2) == 0) ? b : a;
                continue;
            }

            var u = random.NextDouble();
            var spread = Math.Pow(u <= 0.5 ? 2 * u : 1 / (2 * (1 - u)), 1 / (CrossoverIndex + 1));
            var sign = random.Next(2) == 0 ? 1 : -1;
            child[dimension.Index] = Math.Clamp(0.5 * (a + b + (sign * spread * (a - b))), 0, 1);
        }

        return child;
    }

    /// <summary>Polynomial mutation, in one coordinate on average.</summary>
    private static void Mutate(SearchSpace space, double[] child, SeededRandom random)
    {
        foreach (var dimension in space.Dimensions)
        {
            ref var at = ref child[dimension.Index];
            if (double.IsNaN(at) || random.NextDouble() >= 1.0 / space.Dimensions.Count)
            {
                continue;
            }

            var u = random.NextDouble();
            if (dimension.IsCategorical)
            {
                at = dimension.Parameter.ToUnit(dimension.Parameter.FromQuantile(u));
                continue;
            }

            var delta = u < 0.5 ? Math.Pow(2 * u, 1 / (MutationIndex + 1)) - 1 : 1 - Math.Pow(2 * (1 - u), 1 / (MutationIndex + 1));
            // At least to the neighbouring value of a whole number or a list.
            var cell = dimension.IsContinuous ? 0 : 1.0 / dimension.Parameter.Count!.Value;
            at = Math.Clamp(at + delta + (Math.Sign(delta) * cell), 0, 1);
        }
    }
}
