using Cairn.Optimization.GaussianProcesses;
using Cairn.Optimization.Numerics;
using Cairn.Optimization.Spaces;
using Cairn.Optimization.Studies;

namespace Cairn.Optimization.Designers.GaussianProcessBandit;

/// <summary>
/// The default: a Gaussian process of each metric, whose hyperparameters are those of the highest posterior density, and the point that
/// promises most under it. Begins at the centre. The choices follow Song and others, "The Vizier Gaussian Process Bandit Algorithm"
/// (arXiv:2408.11527, 2024): warped outputs, a trust region that grows, pessimism about pending points, pure exploration within a batch;
/// the acquisition is the logarithm of the expected improvement.
/// </summary>
public sealed class GaussianProcessBanditDesigner : IDesigner
{
    // Of a batch, these are searched for one by one, fewer where each search costs more; the others are taken from pools.
    private const int MostSearches = 12;
    private const double SearchBudget = 3e6;
    private const int PoolSize = 512;
    private const int PoolTakes = 128;

    // Pending points narrow what is believed around them; more than these would only cost time.
    private const int MaxPending = 1_000;

    public string Name => "gp-bandit";

    public bool ReadsTrials => true;

    public IReadOnlyList<IReadOnlyDictionary<string, ParameterValue>> Suggest(
        SuggestRequest request,
        CancellationToken cancellation = default
    )
    {
        var random = request.Random();
        var features = new Features(request.Space);
        var evidence = new Evidence(request.Problem, request.Trials, features);
        var taken = new HashSet<double[]>(request.Trials.Select(trial => request.Space.Encode(trial.Parameters)), new PointComparer());
        var belief =
            evidence.Measured.Length > 0 || (evidence.All.Length == 0 && request.Problem.Predecessors.Count > 0)
                ? Belief.Fit(request.Problem, evidence, features, random)
                : null;
        var withPending = request
            .Trials.Where(static trial => trial.State == TrialState.Active)
            .TakeLast(MaxPending)
            .Aggregate(belief, (known, trial) => known?.WithPending(features.Of(request.Space.Encode(trial.Parameters))));
        var suggestions = new List<Dictionary<string, ParameterValue>>();
        var size = request.Problem.Noise == Noise.Low ? new GridDesigner().Size(request.Space) : 0;
        var finite = request.Space.Dimensions.All(static dimension => !dimension.IsContinuous);
        var pending = Math.Min(MaxPending, request.Trials.Count(static trial => trial.State == TrialState.Active));
        var known = evidence.Measured.Length + pending;
        var searches = Math.Clamp((int)(SearchBudget / Math.Max(1.0, (double)known * known)), 1, MostSearches);
        void Give(double[] point)
        {
            taken.Add(point);
            withPending = withPending?.WithPending(features.Of(point));
            suggestions.Add(request.Decode(point));
        }

        while (suggestions.Count < request.Count && !(request.Problem.Noise == Noise.Low && finite && taken.Count >= size))
        {
            cancellation.ThrowIfCancellationRequested();
            if (belief is null)
            {
                Give(Begin(request, suggestions.Count, taken));
                continue;
            }

            var acquisition = suggestions.Count == 0 ? withPending!.Improvement(random) : belief.Exploration(withPending!, random);
            var search = Search(request, acquisition, evidence, features, taken, random);
            var good = Good(evidence);
            var points =
                suggestions.Count < searches
                    ? []
                    : FromPool(belief, withPending!, search, good, features, request.Count - suggestions.Count, random);
            foreach (var point in points.Count > 0 ? points : [search.Find(good)])
            {
                Give(point);
            }
        }

        return suggestions;
    }

    /// <summary>Before anything was measured: the centre, then points that spread.</summary>
    private static double[] Begin(SuggestRequest request, int ordinal, HashSet<double[]> taken)
    {
        var centre = request.Space.Centre();
        request.Pin(centre);
        if (!taken.Contains(centre))
        {
            return centre;
        }

        var sequence = new Halton(request.Space.Dimensions.Count, request.Problem.Seed);
        double[] point;
        var index = request.Issued + ordinal;
        var tries = 0;
        do
        {
            point = request.Space.Sample(dimension => sequence.At(index, dimension));
            request.Pin(point);
            index++;
        } while (taken.Contains(point) && ++tries < 1_000);
        return point;
    }

    /// <summary>The next points of a large batch; none where there is nothing to choose from.</summary>
    private static List<double[]> FromPool(
        Belief belief,
        Belief pending,
        AcquisitionSearch search,
        List<double[]> good,
        Features features,
        int wanted,
        SeededRandom random
    )
    {
        var candidates = search.Candidates(good, PoolSize);
        // A pool of which most were taken would leave little choice.
        var takes = Math.Min(wanted, Math.Min(PoolTakes, candidates.Count / 2));
        double[][] points = [.. candidates.Select(point => features.Of(point))];
        var pool = belief.Pool(pending, points, [.. points.Select(point => search.Penalty(point))], takes, random);
        return [.. Enumerable.Range(0, takes).Select(_ => candidates[pool.Take()])];
    }

    /// <summary>The best measured points, best first.</summary>
    private static List<double[]> Good(Evidence evidence) =>
        Enumerable
            .Range(0, evidence.Measured.Length)
            .OrderByDescending(i => evidence.Warped.Sum(values => values[i]))
            .Take(5)
            .Select(i => evidence.Measured[i].Coordinates)
            .ToList();

    private static AcquisitionSearch Search(
        SuggestRequest request,
        IAcquisition acquisition,
        Evidence evidence,
        Features features,
        HashSet<double[]> taken,
        SeededRandom random
    )
    {
        var region = new TrustRegion(request.Space, [.. evidence.All.Select(static point => point.Features)]);
        var repeats = request.Problem.Noise == Noise.High;
        return new AcquisitionSearch(request, features, acquisition, region, point => !repeats && taken.Contains(point), random);
    }
}
