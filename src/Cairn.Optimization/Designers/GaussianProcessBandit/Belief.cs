using Cairn.Optimization.GaussianProcesses;
using Cairn.Optimization.Numerics;
using Cairn.Optimization.Studies;

namespace Cairn.Optimization.Designers.GaussianProcessBandit;

/// <summary>What the bandit believes of every metric, from a study's trials and those of its predecessors.</summary>
internal sealed class Belief
{
    // Pending points take this many deviations below what is expected of them.
    private const double Pessimism = 1;

    private readonly Evidence _evidence;
    private readonly Constraint[] _constraints;
    private readonly Surrogate[] _objectives;

    private Belief(Evidence evidence, Surrogate[] objectives, Constraint[] constraints) =>
        (_evidence, _objectives, _constraints) = (evidence, objectives, constraints);

    public static Belief Fit(Problem problem, Evidence evidence, Features features, SeededRandom random)
    {
        var objectives = new Surrogate[problem.Objectives.Count];
        var earlier = problem
            .Predecessors.Select(trials => new Evidence(problem, trials, features))
            .Where(static study => study.Measured.Length > 1)
            .ToList();
        for (var i = 0; i < objectives.Length; i++)
        {
            Surrogate? stack = null;
            foreach (var study in earlier)
            {
                stack = Surrogate.Fit(features, study.Features, study.Warped[i], problem.Noise, random, stack);
            }

            objectives[i] = Surrogate.Fit(features, evidence.Features, evidence.Warped[i], problem.Noise, random, stack);
        }

        return new Belief(evidence, objectives, Constraint.Fit(problem, evidence, features, random));
    }

    /// <summary>The same with a point whose measurement is still to come.</summary>
    public Belief WithPending(double[] features) =>
        new(_evidence, [.. _objectives.Select(surrogate => surrogate.WithPending(features, Pessimism))], _constraints);

    /// <summary>Where to look for better values.</summary>
    public IAcquisition Improvement(SeededRandom random) =>
        Constrained(
            _objectives.Length == 1
                ? new ImprovementAcquisition(_objectives[0], Incumbent())
                : new HypervolumeAcquisition(_objectives, Values(), random)
        );

    /// <summary>
    /// Where to look beside points that are pending already, which <paramref name="pending"/> knows: with several objectives, random
    /// directions spread by themselves.
    /// </summary>
    public IAcquisition Exploration(Belief pending, SeededRandom random) =>
        _objectives.Length == 1
            ? Constrained(new ExplorationAcquisition(_objectives[0], pending._objectives[0], Incumbent()))
            : pending.Improvement(random);

    /// <summary>The same for a pool of points from which many will be taken.</summary>
    /// <param name="pending">What is believed with the points that are pending already.</param>
    /// <param name="points">Features of the pool's points.</param>
    /// <param name="penalties">What each loses for reasons of its own.</param>
    /// <param name="takes">How many will be taken.</param>
    /// <param name="random">For the directions of several objectives.</param>
    public BatchPool Pool(Belief pending, double[][] points, double[] penalties, int takes, SeededRandom random)
    {
        var beliefs = pending._objectives.Select(surrogate => surrogate.Of(points, takes)).ToArray();
        double[] known = [.. points.Select((point, i) => _constraints.Sum(constraint => constraint.LogProbability(point)) - penalties[i])];
        if (_objectives.Length > 1)
        {
            var gain = new HypervolumeAcquisition(pending._objectives, Values(), random);
            return new BatchPool(beliefs, index => gain.Value(beliefs, index) + known[index], points.Length, Pessimism);
        }

        var exploration = new ExplorationAcquisition(_objectives[0], pending._objectives[0], Incumbent());
        for (var i = 0; i < known.Length; i++)
        {
            known[i] -= exploration.Shortfall(points[i]);
        }

        return new BatchPool(beliefs, index => beliefs[0].Deviation(index) + known[index], points.Length, Pessimism);
    }

    /// <summary>Warped objectives by measured point.</summary>
    private double[][] Values() => [.. _evidence.Measured.Select((_, i) => _evidence.Warped.Select(values => values[i]).ToArray())];

    /// <summary>The best that is believed of any measured point that was safe.</summary>
    private double Incumbent()
    {
        var (best, worst) = (double.NegativeInfinity, double.PositiveInfinity);
        foreach (var point in _evidence.Measured)
        {
            var mean = _objectives[0].Predict(point.Features).Mean;
            worst = Math.Min(worst, mean);
            best = point.IsSafe ? Math.Max(best, mean) : best;
        }

        return double.IsFinite(best) ? best
            : double.IsFinite(worst) ? worst
            : 0;
    }

    private IAcquisition Constrained(IAcquisition acquisition) =>
        _constraints.Length == 0 ? acquisition : new ConstrainedAcquisition(acquisition, _constraints);
}
